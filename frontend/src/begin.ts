/** The page begins here: with what takes long, which is to be under way before all else. */
import { askForRoom } from './reading/early'

const [, studyId, code] = /^\/read\/([^/]+)(?:\/([^/]+))?$/.exec(location.pathname) ?? []
if (studyId) {
  void askForRoom(studyId, code)
  void import('./reading/ReadingRoomPage')
}
void import('./main')
