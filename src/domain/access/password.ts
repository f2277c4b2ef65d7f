/** Shortest password of a user. */
export const PASSWORD_LENGTH = 12;

/** What is wrong with a password that a user chooses, or undefined. Length is what counts; no rule asks for kinds of characters. */
export function passwordProblem(password: string, name: string): string | undefined {
  if ([...password].length < PASSWORD_LENGTH) return `must have ${PASSWORD_LENGTH} characters or more`;
  if (password.toLowerCase().split(name.toLowerCase()).join('').length < PASSWORD_LENGTH / 2)
    return 'must not be the name of the user';
  if (new Set(password).size < 4) return 'must not be a few characters over and over';
  return undefined;
}
