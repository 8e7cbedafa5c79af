import { Toaster as Sonner } from 'sonner';
import { useTheme } from './theme.tsx';

export { toast } from 'sonner';

/** Short notes at the edge of the screen; what matters is said on the page as well. */
export function Toasts() {
  const { shown } = useTheme();
  return (
    <Sonner
      theme={shown}
      position="bottom-right"
      containerAriaLabel="Notes"
      toastOptions={{
        style: {
          background: 'var(--surface)',
          color: 'var(--ink)',
          border: '1px solid var(--line)',
          fontFamily: 'inherit',
        },
      }}
    />
  );
}
