import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { ApiError, saveProtocol } from '../../api/client'
import { keys } from '../../api/queries'
import type { Protocol, ProtocolInForce } from '../../api/types'
import { type Draft, dropDraft, keepDraft, readDraft } from './draftStore'
import { focusSoon } from './focus'
import { messageAt, type Path, type Problem, problemsIn, problemsLeft } from './problems'
import { differs, documentOf, formOf, type ProtocolForm } from './protocolForm'

export const UNDO_ID = 'protocol-undo'

export interface Editor {
  studyId: string
  form: ProtocolForm
  /** Raters are reading already: words may change, what lists and grades hang on may not. */
  amending: boolean
  change: (change: Partial<ProtocolForm> | ((form: ProtocolForm) => ProtocolForm)) => void
  /** A change that takes something away; it can be undone until the next one. */
  remove: (what: string, change: (form: ProtocolForm) => ProtocolForm) => void
  messageAt: (...path: Path) => string | undefined
  isFixed: (field: string) => boolean
}

interface Removed {
  what: string
  before: ProtocolForm
}

/** The form of the page: begun from the protocol in force, or from what this tab still keeps. */
export function useProtocolEditor(studyId: string, inForce: ProtocolInForce) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>(
    () => readDraft(studyId) ?? begunFrom(inForce.version, inForce.document),
  )
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const [removed, setRemoved] = useState<Removed | null>(null)
  const isChanged = differs(draft.form, inForce.document)

  useEffect(() => {
    if (isChanged) keepDraft(studyId, draft)
    else dropDraft(studyId)
  }, [studyId, draft, isChanged])
  useLeavingWarning(isChanged)

  const saving = useMutation({
    mutationFn: () =>
      saveProtocol(studyId, documentOf(draft.form), draft.basedOn, draft.reason.trim()),
    onSuccess: async (saved) => {
      dropDraft(studyId)
      queryClient.setQueryData(keys.protocol(studyId), saved)
      notifications.show({
        message:
          saved.version === draft.basedOn
            ? 'Nothing was changed, so there is no new version.'
            : `The protocol is saved as version ${saved.version}.`,
      })
      void navigate(`/studies/${studyId}/protocol`)
      await queryClient.invalidateQueries({ queryKey: keys.study(studyId), exact: true })
    },
    onError: async (error) => {
      setProblems(problemsIn(error))
      if (error instanceof ApiError && error.status === 409) {
        await queryClient.invalidateQueries({ queryKey: keys.protocol(studyId) })
      }
    },
  })

  const setForm = (form: ProtocolForm) => {
    setProblems(problemsLeft(problems, documentOf(draft.form), documentOf(form)))
    setDraft({ ...draft, form })
    setRemoved(null)
    // What was refused is not what stands here now.
    if (saving.isError) saving.reset()
  }
  const editor: Editor = {
    studyId,
    form: draft.form,
    amending: inForce.may_change === 'amend',
    change: (change) => {
      setForm(typeof change === 'function' ? change(draft.form) : { ...draft.form, ...change })
    },
    remove: (what, change) => {
      setForm(change(draft.form))
      setRemoved({ what, before: draft.form })
      focusSoon(UNDO_ID)
    },
    messageAt: (...path) => messageAt(problems, ...path),
    isFixed: (field) => inForce.fixed.includes(field),
  }
  return {
    editor,
    draft,
    problems,
    saving,
    isChanged,
    removed: removed && {
      what: removed.what,
      undo: () => {
        setForm(removed.before)
      },
    },
    isStale: draft.basedOn !== inForce.version,
    setReason: (reason: string) => {
      setProblems(problems.filter(({ path }) => path[0] !== 'reason'))
      setDraft({ ...draft, reason })
    },
    startFrom: (document: Protocol) => {
      setForm(formOf(document))
    },
    /** Give up the edits and begin again from the protocol in force. */
    startOver: () => {
      setProblems([])
      setRemoved(null)
      saving.reset()
      setDraft(begunFrom(inForce.version, inForce.document))
    },
    /** Keep the edits, to be saved on top of the newer version. */
    keepMine: () => {
      saving.reset()
      setDraft({ ...draft, basedOn: inForce.version })
    },
  }
}

function begunFrom(version: number, document: Protocol): Draft {
  return { basedOn: version, form: formOf(document), reason: '' }
}

const NOT_SAVED = 'protocol-not-saved'

/** Closing the tab asks first; another page of the study says where the edits are. */
function useLeavingWarning(isChanged: boolean) {
  const unsaved = useRef(isChanged)
  useEffect(() => {
    unsaved.current = isChanged
    if (!isChanged) return
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => {
      window.removeEventListener('beforeunload', ask)
    }
  }, [isChanged])
  useEffect(() => {
    notifications.hide(NOT_SAVED)
    return () => {
      if (!unsaved.current) return
      notifications.show({
        id: NOT_SAVED,
        color: 'yellow',
        title: 'The protocol is not saved yet',
        message: 'Your changes are kept in this tab. Go back to Protocol to finish them.',
        autoClose: 8000,
      })
    }
  }, [])
}
