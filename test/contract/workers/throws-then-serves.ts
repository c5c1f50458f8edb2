import { serve } from '../service.ts'
import { host, late } from './host.ts'

void late().then(() => serve(host))

throw new Error('thrown at load')
