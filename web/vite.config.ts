import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev` shows the screen against a server that runs already; `npm start` serves dist/. */
const server = process.env.OFFHOOK_DEV_SERVER ?? 'http://localhost:3001';
// The server only takes orders from its own origin, and the page comes from Vite's.
const headers = { origin: server };

export default defineConfig({
  plugins: [react(), tailwindcss()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 700 },
  server: {
    proxy: {
      '/api': { target: server, changeOrigin: true, headers },
      '/carrier': { target: server, changeOrigin: true, headers },
      '/signal': { target: server, changeOrigin: true, headers, ws: true },
    },
  },
});
