// Pictures of the screens, for the guide and for who looks at them: `script/ui pictures`.
import { playwright } from '@vitest/browser-playwright'
import type { ViteUserConfig } from 'vitest/config'
import base from './vite.config.ts'

const config = base as ViteUserConfig
const { browser } = config.test!
config.test = {
  ...config.test,
  include: ['tests/pictures.ts'],
  browser: {
    ...browser,
    provider: playwright({
      launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
      // Room for a whole screen and a whole sheet: what is larger than the browser's window would be made smaller.
      contextOptions: { viewport: { width: 1600, height: 5000 } },
    }),
  },
}
export default config
