"""All addresses in one place: sign-in, rater, coordinator, media, and the page itself."""

from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from reader_study.accounts import account_api as account
from reader_study.accounts import api as session
from reader_study.api import problems
from reader_study.coordination import adjudication_api as adjudication
from reader_study.coordination import api as coordinator
from reader_study.coordination import cases_api as cases
from reader_study.coordination import manifest_api as manifest
from reader_study.coordination import models_api as models
from reader_study.coordination import monitoring
from reader_study.coordination import people_api as people
from reader_study.coordination import protocol_api as protocol
from reader_study.coordination import series_api as images
from reader_study.coordination import tus_api as tus
from reader_study.coordination import unblinded_api as unblinded
from reader_study.coordination import uploads_api as uploads
from reader_study.coordination.identities_api import CaseIdentityView
from reader_study.coordination.signatures_api import SignaturesView
from reader_study.coordination.trail import api as trail
from reader_study.http import frontend_page
from reader_study.http.policy_reports import policy_reports
from reader_study.reading import api as rater
from reader_study.reading.display_check_api import DisplayChecksView
from reader_study.reading.media import serve_media
from reader_study.reading.signing_api import RaterSignatureView
from reader_study.studies.api import MyStudiesView

protocol_routes = [
    path("protocol", protocol.ProtocolView.as_view()),
    path("protocol/examples", protocol.ExampleImagesView.as_view()),
    path("protocol/examples/<str:sha256>", protocol.ProtocolExampleView.as_view()),
]

image_routes = [
    path("review", images.WaitingSeriesView.as_view()),
    path("cases/<uuid:case_id>/findings", cases.CaseFindingsView.as_view()),
    path("cases/<uuid:case_id>/images", images.CaseImagesView.as_view()),
    path("cases/<uuid:case_id>/series/<int:series_id>/thumbnail", images.ThumbnailView.as_view()),
    path(
        "cases/<uuid:case_id>/series/<int:series_id>/pictures/<int:number>",
        images.PictureView.as_view(),
    ),
    path("cases/<uuid:case_id>/series/<int:series_id>/overrule", images.OverruleView.as_view()),
    path("cases/<uuid:case_id>/series/<int:series_id>/review", images.ReviewView.as_view()),
]

coordinator_routes = [
    path("progress", coordinator.ProgressView.as_view()),
    path("cases", cases.CasesView.as_view()),
    path("cases/<uuid:case_id>", cases.CaseDetailView.as_view()),
    path("cases/<uuid:case_id>/identity", CaseIdentityView.as_view()),
    path("cases/<uuid:case_id>/retry", cases.RetryCaseView.as_view()),
    path("cases/<uuid:case_id>/cancel", cases.CancelCaseView.as_view()),
    path("cases/<uuid:case_id>/purpose", cases.CasePurposeView.as_view()),
    path("cases/<uuid:case_id>/occlusion", cases.CaseOcclusionView.as_view()),
    path("cases/<uuid:case_id>/withdraw", cases.WithdrawCaseView.as_view()),
    path("cases/<uuid:case_id>/delete-patient", cases.DeletePatientView.as_view()),
    path("cases/<uuid:case_id>/restore", cases.RestoreCaseView.as_view()),
    path("readings/<int:assignment_id>/unlock", cases.UnlockReadingView.as_view()),
    path("add-to-lists", cases.AddToListsView.as_view()),
    path("uploads", uploads.UploadListView.as_view()),
    path("uploads/<uuid:upload_id>", uploads.UploadDetailView.as_view()),
    path("uploads/<uuid:upload_id>/complete", uploads.CompleteUploadView.as_view()),
    path("uploads/<uuid:upload_id>/cancel", uploads.CancelIngestView.as_view()),
    path("uploads/<uuid:upload_id>/retry", uploads.RetryUploadView.as_view()),
    path("uploads/<uuid:upload_id>/files", tus.FilesView.as_view()),
    path("uploads/<uuid:upload_id>/files/<uuid:file_id>", tus.FileView.as_view()),
    path("storage", uploads.RoomView.as_view()),
    path("model", models.StudyModelView.as_view()),
    path("manifest", manifest.ManifestView.as_view()),
    path("open", coordinator.OpenStudyView.as_view()),
    path("lock", coordinator.LockStudyView.as_view()),
    path("report", coordinator.ReportView.as_view()),
    path("report/cases/<str:case_code>", unblinded.UnblindedCaseView.as_view()),
    path("export.<str:kind>", coordinator.ExportView.as_view()),
    path("signatures", SignaturesView.as_view()),
    path("adjudication", adjudication.AdjudicationView.as_view()),
    path("conclude", adjudication.ConcludeView.as_view()),
    path("consensus.<str:kind>", adjudication.ConsensusExportView.as_view()),
    path("audit", trail.TrailView.as_view()),
    path("audit/chain", trail.ChainView.as_view()),
    path("audit.<str:kind>", trail.TrailExportView.as_view()),
    path("people", people.PeopleView.as_view()),
    path("people/<int:member_id>/end", people.EndMembershipView.as_view()),
    path("people/<int:member_id>/restore", people.RestoreMembershipView.as_view()),
    path("second-factor", people.SecondFactorRuleView.as_view()),
    path("invitations", people.InvitationsView.as_view()),
    path("invitations/<uuid:invitation_id>/revoke", people.RevokeInvitationView.as_view()),
]

rater_routes = [
    path("<uuid:study_id>/worklist", rater.WorklistView.as_view()),
    path("<uuid:study_id>/display-checks", DisplayChecksView.as_view()),
    path("<uuid:study_id>/signature", RaterSignatureView.as_view()),
    path("<uuid:study_id>/examples/<str:sha256>", rater.ExampleImageView.as_view()),
    path("cases/<str:code>", rater.RaterCaseView.as_view()),
    path("cases/<str:code>/following", rater.FollowingCaseView.as_view()),
    path("cases/<str:code>/draft", rater.DraftView.as_view()),
    path("cases/<str:code>/opened", rater.OpenedRunView.as_view()),
    path("cases/<str:code>/heartbeat", rater.HeartbeatView.as_view()),
    path("cases/<str:code>/view-uses", rater.ViewUseView.as_view()),
    path("cases/<str:code>/submit", rater.SubmitView.as_view()),
    path("cases/<str:code>/take-back", rater.TakeBackView.as_view()),
]

account_routes = [
    path("password", account.PasswordView.as_view()),
    path("app/secret", account.AppSecretView.as_view()),
    path("app", account.AppView.as_view()),
    path("app/remove", account.RemoveAppView.as_view()),
    path("passkeys/question", account.NewPasskeyQuestionView.as_view()),
    path("passkeys", account.PasskeysView.as_view()),
    path("passkeys/<int:passkey_id>/remove", account.RemovePasskeyView.as_view()),
    path("recovery-codes", account.RecoveryCodesView.as_view()),
    path("end-other-sessions", account.OtherSessionsView.as_view()),
    path("tokens", account.ApiTokensView.as_view()),
    path("tokens/<int:token_id>", account.ApiTokenView.as_view()),
]

handler400 = problems.bad_request
handler403 = problems.not_allowed
handler404 = problems.not_here
handler500 = problems.server_failed

urlpatterns = [
    path("health", frontend_page.health),
    path("ready", monitoring.ready),
    path("metrics", monitoring.metrics),
    path("policy-reports", policy_reports),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/session", session.SessionView.as_view()),
    path("api/session/passkey-question", session.PasskeyQuestionView.as_view()),
    path("api/session/passkey", session.PasskeySessionView.as_view()),
    path("api/session/second-factor", session.SecondFactorView.as_view()),
    path("api/session/directories/<str:directory_id>", session.DirectoryView.as_view()),
    path("sign-in/<str:provider_id>", openid_connect.callback, name="openid_connect_callback"),
    path("api/account", account.AccountView.as_view()),
    path("api/account/", include(account_routes)),
    path("api/studies", MyStudiesView.as_view()),
    path("api/invitations/<str:token>", people.InvitedView.as_view()),
    path("api/invitations/<str:token>/accept", people.AcceptInvitationView.as_view()),
    path("api/studies/<uuid:study_id>", coordinator.OverviewView.as_view()),
    path("api/studies/<uuid:study_id>/", include(coordinator_routes)),
    path("api/studies/<uuid:study_id>/", include(protocol_routes)),
    path("api/studies/<uuid:study_id>/", include(image_routes)),
    path("api/models", models.ModelsView.as_view()),
    path("api/models/imports/<uuid:import_id>/file", models.ModelFileView.as_view()),
    path("api/protocol-templates", protocol.ProtocolTemplatesView.as_view()),
    path("api/sample-size", protocol.SampleSizeView.as_view()),
    path("api/reading/", include(rater_routes)),
    path("media/<str:token>/unblinded/<path:name>", unblinded.serve_unblinded_media),
    path("media/<str:token>/<path:name>", serve_media),
    re_path(r"^(?!api/|media/|static/)", frontend_page.page),
]
