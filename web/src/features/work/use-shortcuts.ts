import { useEffect, useEffectEvent } from 'react';
import { usePhone } from './phone-provider.tsx';

/** Every shortcut of the phone, for the help text. They work on every page. */
export const SHORTCUTS = [
  { keys: ['M'], does: 'Mute or unmute', needs: 'browser' },
  { keys: ['Ctrl', 'Shift', 'E'], does: 'End the call', needs: null },
] as const;

/** Whether somebody is writing, or in a dialog or menu that has keys of its own. */
export function keysAreTaken(target: EventTarget | null): boolean {
  const takers = 'input, textarea, select, [contenteditable], [role=dialog], [role=menu]';
  return target instanceof Element && target.closest(takers) !== null;
}

/** The number field takes digits only: letters typed there may be shortcuts. */
function lettersAreTaken(target: EventTarget | null): boolean {
  const isNumber = target instanceof HTMLInputElement && target.type === 'tel';
  return keysAreTaken(target) && !isNumber;
}

/** The keys for a running call; there is one such listener, beside the call in the top bar. */
export function useCallShortcuts(): void {
  const phone = usePhone();
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    const { current } = phone.state.getSnapshot();
    if (current === null || event.repeat) return;
    const end = event.ctrlKey && event.shiftKey && !event.altKey && event.code === 'KeyE';
    const plain = !event.ctrlKey && !event.shiftKey && !event.altKey && !event.metaKey;
    if (end) {
      event.preventDefault();
      void phone.end();
    } else if (plain && event.key === 'm' && current.here && !lettersAreTaken(event.target)) {
      event.preventDefault();
      phone.setMuted(!current.muted);
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}
