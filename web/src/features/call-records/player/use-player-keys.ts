import { useEffect, useEffectEvent } from 'react';
import type { Transport } from './transport.ts';

/** Controls that have their own use for the space bar or the arrows. */
const OWN_KEYS =
  'input, select, textarea, [contenteditable], [role="dialog"], [role="menu"], [role="menuitem"]';
const PRESSABLE = 'button, a[href], summary';

/** Space plays and pauses, arrows seek, anywhere on the page where nothing else wants them. */
export function usePlayerKeys(transport: Transport): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(OWN_KEYS)) return;
    const step = event.shiftKey ? 1 : 5;
    switch (event.key) {
      case ' ':
        if (target.closest(PRESSABLE)) return;
        transport.toggle();
        break;
      case 'ArrowLeft':
        transport.seek(transport.getSnapshot().position - step);
        break;
      case 'ArrowRight':
        transport.seek(transport.getSnapshot().position + step);
        break;
      case 'Home':
        transport.seek(transport.window.from);
        break;
      default:
        return;
    }
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}
