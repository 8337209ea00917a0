/** The page begins here: with what takes long, which is to be under way before all else. */
import { askForRoom } from './reading/early'
import { loadRoom } from './reading/loadRoom'

const [, studyId, code] = /^\/read\/([^/]+)(?:\/([^/]+))?$/.exec(location.pathname) ?? []
if (studyId) void askForRoom(studyId, code)
// What fails to come is asked for again, and said, by the page itself.
const room = studyId ? loadRoom().catch(() => null) : null
void Promise.all([import('./main'), room]).then(([{ draw }]) => {
  draw()
})
