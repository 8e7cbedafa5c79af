import { CircleAlert, CircleCheck, X } from 'lucide-react';
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { Button } from './button.tsx';

interface Note {
  id: number;
  tone: 'good' | 'bad';
  text: string;
}

export type Toast = (tone: Note['tone'], text: string) => void;

const Context = createContext<Toast | null>(null);
/** Long enough to be read twice. What matters is said on the page as well. */
const SHOWN_MS = 7000;

/** Short notes at the edge of the screen, read out as they come. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [notes, setNotes] = useState<Note[]>([]);
  const next = useRef(1);
  const toast = useCallback<Toast>((tone, text) => {
    const id = next.current++;
    setNotes((now) => [...now.slice(-2), { id, tone, text }]);
  }, []);
  const remove = useCallback((id: number) => {
    setNotes((now) => now.filter((note) => note.id !== id));
  }, []);
  return (
    <Context value={toast}>
      {children}
      <div
        role="status"
        className="pointer-events-none fixed right-4 bottom-18 left-4 z-50 flex flex-col items-end gap-2 sm:bottom-4"
      >
        {notes.map((note) => (
          <NoteCard key={note.id} note={note} onClose={remove} />
        ))}
      </div>
    </Context>
  );
}

export function useToast(): Toast {
  const toast = useContext(Context);
  if (!toast) throw new Error('useToast needs a ToastProvider above it');
  return toast;
}

function NoteCard({ note, onClose }: { note: Note; onClose: (id: number) => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => onClose(note.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, note.id, onClose]);
  const Icon = note.tone === 'good' ? CircleCheck : CircleAlert;
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      className="pointer-events-auto flex max-w-sm items-start gap-3 rounded-lg border bg-surface p-3 shadow-float"
    >
      <Icon
        aria-hidden
        className={`mt-1 size-5 shrink-0 ${note.tone === 'good' ? 'text-good' : 'text-bad'}`}
      />
      <p className="min-w-0 self-center wrap-anywhere">{note.text}</p>
      <Button look="quiet" size="small-icon" aria-label="Close" onClick={() => onClose(note.id)}>
        <X aria-hidden />
      </Button>
    </div>
  );
}
