import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { keys } from '../../api/queries'
import { type RunningUpload, uploadFiles, type UploadProgress } from '../../api/upload'

export interface UploadInBrowser {
  /** Null while nothing is being sent. */
  progress: (UploadProgress & { files: number }) | null
  error: string
  start: (files: readonly File[], site: string) => Promise<void>
  cancel: () => void
}

/** Sends files to a study and keeps what the page shows about it. */
export function useUpload(studyId: string): UploadInBrowser {
  const queryClient = useQueryClient()
  const running = useRef<RunningUpload | null>(null)
  const [progress, setProgress] = useState<UploadInBrowser['progress']>(null)
  const [error, setError] = useState('')
  const sending = progress !== null

  useEffect(() => {
    if (!sending) return
    const warn = (event: BeforeUnloadEvent) => {
      event.preventDefault()
    }
    window.addEventListener('beforeunload', warn)
    return () => {
      window.removeEventListener('beforeunload', warn)
    }
  }, [sending])

  const start = async (files: readonly File[], site: string) => {
    const totalBytes = files.reduce((sum, file) => sum + file.size, 0)
    setError('')
    setProgress({ files: files.length, sentBytes: 0, totalBytes })
    running.current = uploadFiles(studyId, site, files, (sent) => {
      setProgress({ files: files.length, ...sent })
    })
    try {
      await running.current.finished
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    } finally {
      setProgress(null)
      await queryClient.invalidateQueries({ queryKey: keys.uploads(studyId) })
    }
  }

  return { progress, error, start, cancel: () => running.current?.cancel() }
}
