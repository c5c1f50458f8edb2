import { endpointTransport, channelTransport } from 'portcall'
import { openDoors } from './doors.ts'

openDoors(
  {
    transport: endpointTransport(self),
    channel: { transport: channelTransport(self, 'rpc') },
    events: { currentEndpoint: self, targetEndpoint: self },
  },
  () => {},
)
