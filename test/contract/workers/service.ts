import { serve } from '../service.ts'
import { host } from './host.ts'

serve(host, {
  exit: () => process.exit(3),
  crash() {
    setTimeout(crash)
  },
})

function crash(): never {
  throw new Error('crashed in flight')
}
