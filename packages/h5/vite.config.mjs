// @ts-check
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const COMPRESSIBLE = /\.(js|css|html|svg)$/;

/**
 * Writes .br and .gz beside each file, which the service sends to whoever takes them: half a megabyte of SDK is
 * compressed once, here, and not for every guest.
 * @returns {import('vite').Plugin}
 */
function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!COMPRESSIBLE.test(file)) continue;
        const path = join(dir, file);
        const bytes = readFileSync(path);
        // 9 of 11: the last two levels cost seconds and save 2 %
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // addresses relative to the page: the service may stand behind a prefix
  base: './',
  plugins: [vue(), compressed()],
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
  },
  build: {
    // WeChat's browsers of 2021 and later
    target: ['es2020', 'chrome88', 'safari15.4'],
    modulePreload: { polyfill: false },
    // the SDK is known to be large; it comes when somebody joins
    chunkSizeWarningLimit: 2000,
    assetsInlineLimit: 0,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: {
        interview: resolve(import.meta.dirname, 'interview.html'),
        host: resolve(import.meta.dirname, 'host.html'),
      },
    },
  },
  server: { proxy: { '/api': process.env.SERVICE_URL ?? 'http://127.0.0.1:3000' } },
});
