// The same folder at both origins of origins.ts.
import { createServer } from 'vite'

for (const port of [5173, 5174]) {
  const server = await createServer({
    server: { host: '127.0.0.1', port, strictPort: true },
    // Nothing to prepare, so the two do not write the same cache.
    optimizeDeps: { exclude: ['portcall'] },
  })
  await server.listen()
  if (port === 5173) server.printUrls()
}
