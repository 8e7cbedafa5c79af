import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev` shows the screen against a server that runs already; `npm start` serves dist/. */
const server = process.env.OFFHOOK_DEV_SERVER ?? 'http://localhost:3001';
// The server only takes orders from its own origin, and the page comes from Vite's.
const headers = { origin: server };

// Nearly as small as the highest quality, and five times as quick to make.
const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 9 };

export default defineConfig({
  plugins: [react(), tailwindcss(), compressed()],
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

/** Puts x.br and x.gz beside every file of text, so that serving costs nothing. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = 'dist' }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const file = join(dir, name);
        const text = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(text, { params: BROTLI }));
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}
