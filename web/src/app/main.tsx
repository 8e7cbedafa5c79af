import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepCallsFresh } from '../lib/calls.ts';
import { LiveProvider } from '../lib/live/live-context.tsx';
import { Live } from '../lib/live/live.ts';
import { createQueryClient } from '../lib/query-client.ts';
import '../ui/style.css';
import { ThemeProvider } from '../ui/theme.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { createAppRouter } from './router.tsx';
import { SessionKeeper } from './session-keeper.tsx';

function start(element: HTMLElement): void {
  const client = createQueryClient();
  const live = new Live();
  const router = createAppRouter(client);
  keepCallsFresh(client, live);
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <LiveProvider live={live}>
          <ThemeProvider>
            <TooltipProvider>
              <ToastProvider>
                <RouterProvider router={router} />
                <SessionKeeper />
              </ToastProvider>
            </TooltipProvider>
          </ThemeProvider>
        </LiveProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root) start(root);
