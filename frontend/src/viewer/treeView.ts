/**
 * The artery tree in three dimensions, drawn by three.js as a C-arm would see it.
 *
 * Loaded on its own, after the images: nothing else needs WebGL.
 */
import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  DirectionalLight,
  Mesh,
  MeshStandardMaterial,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
} from 'three'
import { cameraMatrices, type CArmView, type Placement, type Sphere } from './carm'
import type { TreeDrawing } from './treeDrawing'
import type { TreeMesh } from './treeMesh'

const BACKGROUND = 0x0b0b0c

/** Draws one tree into a canvas of its own; call {@link TreeView.dispose} when done with it. */
export class TreeView implements TreeDrawing {
  readonly canvas: HTMLCanvasElement
  private readonly renderer: WebGLRenderer
  private readonly scene = new Scene()
  private readonly camera = new PerspectiveCamera()
  private readonly geometry = new BufferGeometry()
  private readonly material = new MeshStandardMaterial({ vertexColors: true, roughness: 0.6 })
  private sphere: Sphere | null = null

  /** Throws where the browser has no WebGL. */
  constructor() {
    this.canvas = document.createElement('canvas')
    this.renderer = new WebGLRenderer({
      canvas: this.canvas,
      antialias: true,
      preserveDrawingBuffer: true,
    })
    this.renderer.setClearColor(BACKGROUND)
    this.camera.matrixAutoUpdate = false
    const key = new DirectionalLight(0xffffff, 2.2)
    key.position.set(0.4, 0.6, 1)
    this.camera.add(key, key.target)
    const tree = new Mesh(this.geometry, this.material)
    tree.frustumCulled = false
    this.scene.add(new AmbientLight(0xffffff, 0.9), this.camera, tree)
  }

  load({ positions, normals, colours, faces, sphere }: TreeMesh): void {
    this.geometry.setAttribute('position', new BufferAttribute(positions, 3))
    this.geometry.setAttribute('normal', new BufferAttribute(normals, 3))
    this.geometry.setAttribute('color', new BufferAttribute(colours, 3))
    this.geometry.setIndex(new BufferAttribute(faces, 1))
    this.sphere = sphere
  }

  show(view: CArmView, placement: Placement): void {
    if (!this.sphere) return
    const { rect, canvasWidth, canvasHeight } = placement
    if (this.canvas.width !== canvasWidth || this.canvas.height !== canvasHeight) {
      this.renderer.setSize(canvasWidth, canvasHeight, false)
    }
    const { world, projection } = cameraMatrices(view, placement, this.sphere)
    aimCamera(this.camera, world, projection)
    this.renderer.render(this.scene, this.camera)
    this.canvas.dataset.viewRect = [rect.x, rect.y, rect.width, rect.height].join(',')
  }

  dispose(): void {
    this.geometry.dispose()
    this.material.dispose()
    this.renderer.dispose()
    // Browsers keep only a few contexts; a rater sees hundreds of cases.
    this.renderer.forceContextLoss()
    this.canvas.remove()
  }
}

/** Give a three.js camera matrices of our own making. */
export function aimCamera(camera: PerspectiveCamera, world: number[], projection: number[]): void {
  camera.matrix.fromArray(world)
  camera.updateMatrixWorld(true)
  camera.projectionMatrix.fromArray(projection)
  camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert()
}
