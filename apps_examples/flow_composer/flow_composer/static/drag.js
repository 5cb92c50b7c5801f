// Dragging with any pointer: a kind from the palette, or a card by itself, onto a gap. Escape leaves all as it was.
const FAR = 6; // px until a press is a drag
const NEAR = 90; // px from a gap at which it takes the card

// drop({kind} or {id}, gap or null for nowhere); until `signal`. Answers whether something is being dragged
export function draggable(root, drop, signal) {
  let drag = null;

  root.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const item = event.target.closest('.palette-item');
    const grip = event.target.closest('[data-grip]');
    const face = event.target.closest('.node-face');
    const byTouch = event.pointerType === 'touch';
    const card = grip ?? (byTouch ? null : face); // a finger on a card scrolls
    const id = card?.closest('[data-node]').dataset.node;
    if ((item && byTouch) || (!item && (!id || id === 'trigger'))) return;
    drag = { what: item ? { kind: item.dataset.kind } : { id }, source: item ?? card.closest('[data-node]'), x: event.clientX, y: event.clientY, ghost: null, gap: null };
  }, { signal });

  addEventListener('pointermove', (event) => {
    if (!drag) return;
    if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    if (!drag.ghost) begin(event);
    drag.ghost.style.transform = `translate(${event.clientX - drag.dx}px, ${event.clientY - drag.dy}px)`;
    aim(event);
  }, { signal });

  function begin(event) {
    const box = drag.source.getBoundingClientRect();
    Object.assign(drag, { dx: drag.x - box.left, dy: drag.y - box.top, ghost: drag.source.cloneNode(true) });
    drag.ghost.classList.add('ghost');
    drag.ghost.setAttribute('aria-hidden', 'true');
    drag.ghost.style.width = `${box.width}px`;
    document.body.append(drag.ghost);
    document.body.classList.add('is-dragging');
    drag.source.classList.add('is-lifted');
    getSelection()?.removeAllRanges();
    event.preventDefault();
  }

  function aim({ clientX, clientY }) {
    const found = [...root.querySelectorAll('[data-gap]')].map((gap) => {
      const box = gap.getBoundingClientRect();
      return { gap, far: Math.abs(clientY - (box.top + box.bottom) / 2), inside: clientX > box.left - 60 && clientX < box.right + 60 };
    }).filter(({ far, inside }) => inside && far < NEAR).sort((one, other) => one.far - other.far)[0];
    drag.gap?.classList.remove('is-aimed');
    drag.gap = found?.gap ?? null;
    drag.gap?.classList.add('is-aimed');
  }

  function end(done) {
    if (!drag) return;
    const { what, ghost, gap, source } = drag;
    drag = null;
    if (!ghost) return;
    ghost.remove();
    gap?.classList.remove('is-aimed');
    source.classList.remove('is-lifted');
    document.body.classList.remove('is-dragging');
    // The click that follows a drag means nothing.
    root.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => root.removeEventListener('click', swallow, { capture: true }));
    drop(what, done && gap ? Number(gap.dataset.gap) : null);
  }

  addEventListener('pointerup', () => end(true), { signal });
  addEventListener('pointercancel', () => end(false), { signal });
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !drag?.ghost) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    end(false);
  }, { capture: true, signal });
  return () => drag !== null;
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
