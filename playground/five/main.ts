import { byId } from '../ui/dom.ts'
import { setUpTheme } from '../ui/theme.ts'
import { createAll } from './all.ts'
import { createCard } from './card.ts'
import { bus } from './places/bus.ts'
import { iframe } from './places/iframe.ts'
import { shared } from './places/shared.ts'
import { socket } from './places/socket.ts'
import { worker } from './places/worker.ts'

const cards = [worker, iframe, shared, bus, socket].map(createCard)

byId('cards', HTMLElement).append(createAll(cards), ...cards.map(({ element }) => element))
setUpTheme(byId('theme', HTMLButtonElement), () => {})
for (const { open } of cards) open()
