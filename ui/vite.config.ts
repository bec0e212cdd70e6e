// How the front end is built: to one folder that Tauri embeds. No source map, nothing fetched at run time.
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  build: {
    target: 'safari16',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    rolldownOptions: { input: ['index.html', 'request.html'] },
  },
  // Found beforehand, so that the tests are not reloaded in the middle.
  optimizeDeps: { include: ['axe-core', 'bits-ui', '@tauri-apps/api/core', '@tauri-apps/api/event'] },
  // The tests read the guide, which says the same as the help.
  server: { fs: { allow: ['..'] } },
  test: {
    include: ['tests/**/*.test.ts'],
    // Each file cleans up behind itself, so all share one page, which loads everything once.
    isolate: false,
    // Two pages at a time, as there are cores in CI.
    maxWorkers: 2,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        // No screen is there to wait for: the next frame comes as soon as it is drawn.
        launchOptions: {
          executablePath: '/usr/bin/chromium',
          args: ['--no-sandbox', '--disable-gpu-vsync', '--disable-frame-rate-limit'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
