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

/** Events of the machine as they come: one stream a page, and the page is asked for what has changed. */
const live = document.querySelector('[data-events]');
if (live instanceof HTMLElement && 'EventSource' in window) {
  const source = new EventSource(live.dataset.events ?? '');
  let waiting;
  const refresh = () => {
    waiting = undefined;
    const part = document.getElementById('live');
    if (part !== null) window.htmx.trigger(part, 'live');
  };
  source.addEventListener('message', () => {
    if (waiting === undefined) waiting = setTimeout(refresh, 250);
  });
  const say = (text) => {
    const sign = document.getElementById('live-sign');
    if (sign !== null) sign.textContent = text;
  };
  source.addEventListener('open', () => say('live'));
  source.addEventListener('error', () => say('not live: trying again'));
  addEventListener('pagehide', () => source.close());
}

/** After a form came back with problems, the reader begins at their summary. */
document.querySelector('[data-focus]')?.focus();
