import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { lazy, Suspense } from 'react'
import { Route, Routes, useLocation } from 'react-router'
import { LoginPage } from './login/LoginPage'
import { ReadingRoom } from './reading/ReadingRoom'
import { NotFoundPage } from './shell/NotFoundPage'
import { LoadingState } from './shell/PageStates'
import { RequireSession } from './shell/RequireSession'
import { Shell } from './shell/Shell'
import { MyStudiesPage } from './studies/MyStudiesPage'
import { styleNonce } from './styleNonce'
import { cssVariables, theme } from './theme'

const StudyLayout = lazy(() => import('./study/StudyLayout'))
const OverviewPage = lazy(() => import('./study/overview/OverviewPage'))
const CasesPage = lazy(() => import('./study/cases/CasesPage'))
const CaseImagesPage = lazy(() => import('./study/images/CaseImagesPage'))
const ReleasePage = lazy(() => import('./release/ReleasePage'))
const PeoplePage = lazy(() => import('./study/people/PeoplePage'))
const AuditPage = lazy(() => import('./study/audit/AuditPage'))
const JoinPage = lazy(() => import('./join/JoinPage'))
const StudyModelPage = lazy(() => import('./models/StudyModelPage'))
const AccountPage = lazy(() => import('./account/AccountPage'))
const ModelsPage = lazy(() => import('./models/ModelsPage'))
const ProtocolPage = lazy(() => import('./study/protocol/ProtocolPage'))
const ProtocolEditorPage = lazy(() => import('./study/protocol/ProtocolEditorPage'))
const UnblindedCasePage = lazy(() => import('./unblinded/UnblindedCasePage'))
const ReportPage = lazy(() => import('./report/ReportPage'))

export function App() {
  const { pathname } = useLocation()
  const besideImages =
    pathname.startsWith('/read/') ||
    pathname.startsWith('/unblinded/') ||
    /^\/studies\/[^/]+\/review$/.test(pathname)
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={styleNonce}
      forceColorScheme={besideImages ? 'dark' : 'light'}
    >
      <Notifications position="bottom-right" />
      <Suspense fallback={<LoadingState what="the page" />}>
        <Routes>
          <Route path="/login" element={<LoginPage />} />
          <Route path="/join/:token" element={<JoinPage />} />
          <Route element={<RequireSession />}>
            <Route path="/read/:studyId/:code?" element={<ReadingRoom />} />
            <Route path="/studies/:studyId/review" element={<ReleasePage />} />
            <Route path="/unblinded/:studyId/:code" element={<UnblindedCasePage />} />
            <Route element={<Shell />}>
              <Route index element={<MyStudiesPage />} />
              <Route path="/account" element={<AccountPage />} />
              <Route path="/models" element={<ModelsPage />} />
              <Route path="/studies/:studyId" element={<StudyLayout />}>
                <Route index element={<OverviewPage />} />
                <Route path="cases" element={<CasesPage />} />
                <Route path="cases/:caseId" element={<CaseImagesPage />} />
                <Route path="people" element={<PeoplePage />} />
                <Route path="model" element={<StudyModelPage />} />
                <Route path="protocol" element={<ProtocolPage />} />
                <Route path="protocol/edit" element={<ProtocolEditorPage />} />
                <Route path="report" element={<ReportPage />} />
                <Route path="audit" element={<AuditPage />} />
              </Route>
              <Route path="*" element={<NotFoundPage />} />
            </Route>
          </Route>
        </Routes>
      </Suspense>
    </MantineProvider>
  )
}
