import { closeSync, writeSync } from 'node:fs'
import { serve } from '../../../contract/service.ts'
import { more } from '../../process/children/more.ts'
import { own } from './stdio.ts'

serve(own(), {
  ...more,
  closeOut: () => closeSync(1),
  print(text: string) {
    writeSync(1, text)
  },
})
