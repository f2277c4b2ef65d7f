// Events of a machine as they come: one stream for a page that is seen, and the page is asked for what has changed.

const live = document.querySelector('[data-events]');
if (live instanceof HTMLElement && 'EventSource' in window) {
  let source;
  let waiting;
  let says = '';

  const refresh = () => {
    waiting = undefined;
    const part = document.getElementById('live');
    if (part !== null) window.htmx.trigger(part, 'live');
  };
  const say = (text = says) => {
    says = text;
    const sign = document.getElementById('live-sign');
    if (sign !== null) sign.textContent = text;
  };
  const stop = () => {
    source?.close();
    source = undefined;
  };
  const start = () => {
    if (source !== undefined) return;
    const part = document.getElementById('live') ?? live;
    source = new EventSource(part.dataset.events ?? '');
    source.addEventListener('open', () => say('live'));
    source.addEventListener('message', () => {
      if (waiting === undefined) waiting = setTimeout(refresh, 250);
    });
    source.addEventListener('error', () => {
      // Closed: refused, and not tried again. The page itself is asked, which says why.
      const isOver = source?.readyState === EventSource.CLOSED;
      say(isOver ? 'not live: load the page again' : 'not live: trying again');
      if (!isOver) return;
      stop();
      refresh();
    });
  };

  // The sign is in the part that is replaced.
  document.addEventListener('htmx:afterSwap', () => say());
  // A browser has six connections to a service for all its tabs; a page that nobody sees needs none.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') return stop();
    start();
    refresh();
  });
  addEventListener('pagehide', stop);
  if (document.visibilityState !== 'hidden') start();
}
