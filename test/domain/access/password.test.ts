import { expect, it } from 'vitest';
import { passwordProblem } from '../../../src/domain/access/password.ts';

it.each([
  { password: 'correct horse battery', says: undefined },
  { password: 'zwölf Zeichen', says: undefined },
  { password: 'hunter2', says: '12 characters' },
  { password: '👍👍👍👍👍👍', says: '12 characters' },
  { password: 'administrator', says: 'name of the user' },
  { password: 'Administrator1', says: 'name of the user' },
  { password: 'administratoradministrator', says: 'name of the user' },
  { password: 'aaaaaaaaaaaaaaaa', says: 'over and over' },
  { password: 'abababababababab', says: 'over and over' },
])('the password $password of administrator: $says', ({ password, says }) => {
  const problem = passwordProblem(password, 'administrator');
  if (says === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(says);
});
