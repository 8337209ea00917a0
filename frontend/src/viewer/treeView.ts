/**
 * The artery tree in three dimensions, drawn by three.js as a C-arm would see it.
 *
 * Loaded on its own, after the images: nothing else needs WebGL.
 */
import {
  AmbientLight,
  Box3,
  DirectionalLight,
  Mesh,
  MeshStandardMaterial,
  PerspectiveCamera,
  Scene,
  Sphere as ThreeSphere,
  type WebGLRenderer,
  type Object3D,
} from 'three'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
import { giveRendererBack, takeRenderer } from './sharedRenderer'
import { cameraMatrices, type CArmView, type Placement, type Sphere } from './carm'

const BACKGROUND = 0x0b0b0c

/** This browser cannot draw in 3D; everything else keeps working. */
export class NoWebGLError extends Error {
  override name = 'NoWebGLError'
}

/** Draws one tree into a canvas of its own; call {@link TreeView.dispose} when done with it. */
export class TreeView {
  readonly canvas: HTMLCanvasElement
  private readonly renderer: WebGLRenderer
  private readonly scene = new Scene()
  private readonly camera = new PerspectiveCamera()
  private tree: Sphere | null = null

  constructor() {
    try {
      this.renderer = takeRenderer()
    } catch {
      throw new NoWebGLError('This browser cannot draw in 3D (WebGL is switched off).')
    }
    this.canvas = this.renderer.domElement
    this.renderer.setClearColor(BACKGROUND)
    this.camera.matrixAutoUpdate = false
    const key = new DirectionalLight(0xffffff, 2.2)
    key.position.set(0.4, 0.6, 1)
    this.camera.add(key, key.target)
    this.scene.add(new AmbientLight(0xffffff, 0.9), this.camera)
  }

  /** Read the mesh (positions in LPS mm) and return the sphere around it. */
  async load(glb: ArrayBuffer): Promise<Sphere> {
    const { scene: tree } = await new GLTFLoader().parseAsync(glb, '')
    tree.traverse(giveEvenSurface)
    this.scene.add(tree)
    const around = new Box3().setFromObject(tree).getBoundingSphere(new ThreeSphere())
    this.tree = { centre: around.center.toArray(), radius: around.radius }
    return this.tree
  }

  /** Draw the tree so that the detector of `view` fills `placement.rect` (canvas pixels). */
  show(view: CArmView, placement: Placement): void {
    if (!this.tree) return
    const { rect, canvasWidth, canvasHeight } = placement
    if (this.canvas.width !== canvasWidth || this.canvas.height !== canvasHeight) {
      this.renderer.setSize(canvasWidth, canvasHeight, false)
    }
    const { world, projection } = cameraMatrices(view, placement, this.tree)
    aimCamera(this.camera, world, projection)
    this.renderer.render(this.scene, this.camera)
    this.canvas.dataset.viewRect = [rect.x, rect.y, rect.width, rect.height].join(',')
  }

  dispose(): void {
    this.scene.traverse((object) => {
      if (object instanceof Mesh) disposeMesh(object as Mesh)
    })
    giveRendererBack(this.renderer)
  }
}

/** Give a three.js camera matrices of our own making. */
export function aimCamera(camera: PerspectiveCamera, world: number[], projection: number[]): void {
  camera.matrix.fromArray(world)
  camera.updateMatrixWorld(true)
  camera.projectionMatrix.fromArray(projection)
  camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert()
}

function giveEvenSurface(object: Object3D): void {
  if (!(object instanceof Mesh)) return
  const mesh = object as Mesh
  const coloured = mesh.geometry.hasAttribute('color')
  disposeMaterial(mesh)
  mesh.material = new MeshStandardMaterial({
    vertexColors: coloured,
    color: coloured ? 0xffffff : 0xd9534a,
    roughness: 0.6,
  })
}

function disposeMesh(mesh: Mesh): void {
  mesh.geometry.dispose()
  disposeMaterial(mesh)
}

function disposeMaterial(mesh: Mesh): void {
  for (const material of [mesh.material].flat()) material.dispose()
}
