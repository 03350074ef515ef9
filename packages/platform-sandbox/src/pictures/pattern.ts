import { createHash } from 'node:crypto';

/** Cells along a side of the drawn square, and the empty ones around it. */
const CELLS = 25;
const MARGIN = 2;
const FINDER = 7;
export const BLOCK_PX = 8;

export interface Pattern {
  widthPx: number;
  /** Blocks of 8 × 8 px along a side; the last ones may stand out of the picture. */
  blocks: number;
  isDark: (column: number, row: number) => boolean;
}

function isFinder(column: number, row: number): boolean | undefined {
  for (const [left, top] of [
    [0, 0],
    [CELLS - FINDER, 0],
    [0, CELLS - FINDER],
  ] as const) {
    const x = column - left;
    const y = row - top;
    if (x < 0 || y < 0 || x >= FINDER || y >= FINDER) continue;
    const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
    return ring !== 2;
  }
  return undefined;
}

/**
 * A square of cells that looks like a code and differs with its content. It cannot be scanned: in the
 * sandbox a person scans by pressing a button.
 */
export function patternOf(content: string, widthPx: number): Pattern {
  const bits = createHash('shake256', { outputLength: Math.ceil((CELLS * CELLS) / 8) })
    .update(content)
    .digest();
  const blocks = Math.ceil(widthPx / BLOCK_PX);
  const perCell = Math.max(1, Math.floor(blocks / (CELLS + 2 * MARGIN)));
  const offset = Math.floor((Math.floor(widthPx / BLOCK_PX) - CELLS * perCell) / 2);
  const isDark = (blockColumn: number, blockRow: number): boolean => {
    const column = Math.floor((blockColumn - offset) / perCell);
    const row = Math.floor((blockRow - offset) / perCell);
    if (column < 0 || row < 0 || column >= CELLS || row >= CELLS) return false;
    const index = row * CELLS + column;
    return isFinder(column, row) ?? (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  };
  return { widthPx, blocks, isDark };
}
