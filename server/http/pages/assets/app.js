// What pages do beyond links and forms. Without it everything works as well, by loading pages.

/** A value that was offered is put into its field, without a round trip. */
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-fill]') : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const field = document.getElementById(button.dataset.fill ?? '');
  if (!(field instanceof HTMLInputElement)) return;
  event.preventDefault();
  field.value = button.dataset.value ?? '';
  field.focus();
  field.dispatchEvent(new Event('change', { bubbles: true }));
});

/** A form is sent once, however often its button is pressed; a page that the browser brings back may send it again. */
const sent = new WeakSet();
const PATIENCE_MS = 30_000;
function release(form) {
  sent.delete(form);
  form.removeAttribute('aria-busy');
}
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  form.setAttribute('aria-busy', 'true');
  // Whoever has stopped waiting may try again.
  setTimeout(() => release(form), PATIENCE_MS);
});
addEventListener('pageshow', (event) => {
  for (const form of document.forms) release(form);
  // Brought back as it was left: what is on it may be old.
  if (event.persisted && document.querySelector('[data-keep]') === null) location.reload();
});

/** Who leaves a form in which something was typed, but not sent, is asked first. */
const kept = document.querySelector('form[data-keep]');
let isTyped = kept instanceof HTMLElement && kept.dataset.keep === 'typed';
for (const name of ['input', 'change'])
  kept?.addEventListener(name, () => {
    isTyped = true;
  });
const main = document.getElementById('main');
const isBeingSent = () => [...document.forms].some((form) => sent.has(form) && main?.contains(form));
addEventListener('beforeunload', (event) => {
  if (isTyped && !isBeingSent()) event.preventDefault();
});

/** What answers a form is no place to come back to: the browser would have to send the form again. Its page is. */
const here = main?.dataset.here ?? '';
if (here !== '') history.replaceState(null, '', `${here}${location.hash}`);

/** On the way back into a form there is nothing to be decided. */
const resumed = document.querySelector('form[data-resume]');
if (resumed instanceof HTMLFormElement) resumed.requestSubmit();

/** What a part of the page could not be asked for is said on top of it, until the next one can. */
const trouble = document.getElementById('trouble');
function sayTrouble(text, link) {
  if (trouble === null) return;
  trouble.hidden = text === '';
  trouble.textContent = text;
  if (link === undefined) return;
  const anchor = document.createElement('a');
  anchor.href = link;
  anchor.textContent = 'Log in again';
  trouble.append(' ', anchor);
}
document.addEventListener('htmx:responseError', (event) => {
  const { status } = event.detail.xhr;
  if (status === 404) sayTrouble('It is not there any more: somebody has removed or renamed it.');
  else if (status !== 401)
    sayTrouble(`The service could not do that just now (${status}). What is shown may be old; try again.`);
  else if (kept !== null)
    sayTrouble('Your session is over. Go on and save: you will be asked to log in, and keep what you typed.');
  else
    sayTrouble(
      'Your session is over; what is shown may be old.',
      `/login?next=${encodeURIComponent(location.pathname + location.search)}`,
    );
});
for (const name of ['htmx:sendError', 'htmx:timeout'])
  document.addEventListener(name, () =>
    sayTrouble(
      'The service does not answer. What is shown may be old; it is asked again with your next step.',
    ),
  );
document.addEventListener('htmx:afterOnLoad', (event) => {
  if (event.detail.successful) sayTrouble('');
});

/** What is open or being written in a part of the page is not replaced under the reader's hands. */
function isInUse(part) {
  const active = document.activeElement;
  const isTyping =
    active instanceof HTMLElement && active.matches('input, textarea, select') && part.contains(active);
  return isTyping || part.querySelector('details[open]') !== null;
}

for (const name of ['htmx:beforeSwap', 'htmx:oobBeforeSwap'])
  document.addEventListener(name, (event) => {
    if (event.target instanceof Element && event.target.id === 'actions' && isInUse(event.target))
      event.detail.shouldSwap = false;
  });

/** What was unfolded stays so when the record is shown anew. */
let isUnfolded = false;
document.addEventListener('htmx:oobBeforeSwap', ({ target }) => {
  if (target instanceof Element && target.id === 'record')
    isUnfolded = target.querySelector('details[open]') !== null;
});
document.addEventListener('htmx:oobAfterSwap', () => {
  if (isUnfolded) document.querySelector('#record details')?.setAttribute('open', '');
});

/** After a form came back with problems, the reader begins at their summary. */
document.querySelector('[data-focus]')?.focus();
