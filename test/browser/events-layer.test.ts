/** What does not depend on the endpoint, with the events and ports of a browser. */
import { adapting, leaving } from '../events/adapting.ts'
import { listening } from '../events/listening.ts'
import { mixing } from '../events/mixing.ts'

listening('a browser')
adapting('a browser', true)
leaving('a browser')
mixing('a browser')
