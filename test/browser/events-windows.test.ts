/** RPCMessageEvent between real windows: raw messages, checked by source and origin. */
import { countOnTarget } from '../contract/listeners.ts'
import { type Crossing, crossing, moving } from '../events/crossing.ts'
import type { Kind } from '../events/other-side.ts'
import { address, type Opened, openFrame, openPopup, origins } from './events/frames.ts'

// Counts from here on, on the one window that all tests share.
const listenersOfWindow = countOnTarget(window)

const toWindow = ({ target, close }: Opened, options: Pick<Crossing, 'config'> = {}): Crossing => {
  const before = listenersOfWindow()
  return {
    currentEndpoint: window,
    targetEndpoint: target,
    ...options,
    listeners: () => listenersOfWindow() - before,
    close,
  }
}

const own = (kind: Kind): string => address('child.html', origins.own, { kind })
const other = (kind: Kind): string => address('child.html', origins.other, { kind, origin: origins.own })
const toOther = { config: { targetOrigin: origins.other } }

const ownFrame = (kind: Kind): Crossing => toWindow(openFrame(own(kind)))
const otherFrame = (kind: Kind): Crossing => toWindow(openFrame(other(kind)), toOther)
const ownPopup = (kind: Kind): Crossing => toWindow(openPopup(own(kind)))
const otherPopup = (kind: Kind): Crossing => toWindow(openPopup(other(kind)), toOther)

crossing('an iframe of the same origin', ownFrame)
crossing('an iframe of another origin', otherFrame)
moving('an iframe of another origin', otherFrame)
crossing('a popup of the same origin', ownPopup)
crossing('a popup of another origin', otherPopup)
