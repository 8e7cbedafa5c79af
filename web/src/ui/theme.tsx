import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';

interface Theme {
  choice: ThemeChoice;
  /** What is on the screen now. */
  shown: 'light' | 'dark';
  choose: (choice: ThemeChoice) => void;
}

const Context = createContext<Theme | null>(null);
/** Read by public/theme-first.js too. */
const KEY = 'offhook.theme';

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // storage is blocked
  }
}

function remember(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Storage is blocked: it holds for this page only.
  }
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState(stored);
  const [systemDark, setSystemDark] = useState(
    () => matchMedia('(prefers-color-scheme: dark)').matches,
  );
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setSystemDark(query.matches);
    const elsewhere = (event: StorageEvent) => event.key === KEY && setChoice(stored());
    query.addEventListener('change', changed);
    addEventListener('storage', elsewhere);
    return () => {
      query.removeEventListener('change', changed);
      removeEventListener('storage', elsewhere);
    };
  }, []);

  const shown = choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;
  useEffect(() => {
    document.documentElement.dataset.theme = shown;
  }, [shown]);

  const theme = useMemo<Theme>(
    () => ({
      choice,
      shown,
      choose: (next) => {
        remember(next);
        setChoice(next);
      },
    }),
    [choice, shown],
  );
  return <Context value={theme}>{children}</Context>;
}

export function useTheme(): Theme {
  const theme = useContext(Context);
  if (!theme) throw new Error('useTheme needs a ThemeProvider above it');
  return theme;
}
