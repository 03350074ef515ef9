import fc from 'fast-check';
import { displayName } from './file-name';

describe('the name of an uploaded file', () => {
  it.each([
    ['照片.jpg', '照片.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x\\a.jpg', 'a.jpg'],
    ['a\u0000\r\nb.jpg', 'ab.jpg'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['  a.jpg  ', 'a.jpg'],
    ['', 'file'],
    [undefined, 'file'],
    ['...', 'file'],
    ['dir/', 'file'],
    [`${'x'.repeat(200)}.jpeg`, `${'x'.repeat(95)}.jpeg`],
    ['😀'.repeat(150), '😀'.repeat(100)],
  ])('%j becomes %j', (given, shown) => {
    expect(displayName(given)).toBe(shown);
  });

  it('is never empty, never a path, and never long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const shown = displayName(given);
        expect(shown).not.toMatch(/[/\\\p{Cc}\u202a-\u202e]/u);
        expect(shown).not.toMatch(/^\.*$/);
        expect([...shown].length).toBeLessThanOrEqual(100);
      }),
    );
  });
});
