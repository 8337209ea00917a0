// Decompress the archives of the npm package @sparticuz/chromium into a folder.
// Usage: node unpack_browser.mjs PACKAGE_BIN_FOLDER TARGET_FOLDER
import { createReadStream, createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [source, target] = process.argv.slice(2);
const archives = (await readdir(source)).filter((name) => name.endsWith(".br"));
await Promise.all(
  archives.map((name) =>
    pipeline(
      createReadStream(join(source, name)),
      createBrotliDecompress(),
      createWriteStream(join(target, name.slice(0, -".br".length))),
    ),
  ),
);
