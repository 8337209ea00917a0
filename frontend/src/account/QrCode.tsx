interface Picture {
  path: string
  viewBox: string
}

/** The lines of a picture that the server drew. */
export function pictureIn(svg: string): Picture | null {
  const drawn = new DOMParser().parseFromString(svg, 'image/svg+xml')
  const path = drawn.querySelector('path')?.getAttribute('d')
  const viewBox = drawn.documentElement.getAttribute('viewBox')
  return path && viewBox ? { path, viewBox } : null
}

/** A QR code as the server made it; nothing of it leaves this page. */
export function QrCode({ svg, label }: { svg: string; label: string }) {
  const picture = pictureIn(svg)
  if (picture === null) return null
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={picture.viewBox}
      width={208}
      height={208}
      style={{ flex: 'none' }}
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={picture.path} fill="#000" />
    </svg>
  )
}
