import { endpointTransport, laneTransport } from 'portcall'
import { openDoors } from './doors.ts'

openDoors(
  {
    transport: endpointTransport(self),
    lane: { transport: laneTransport(self, 'rpc') },
    events: { currentEndpoint: self, targetEndpoint: self },
  },
  () => {},
)
