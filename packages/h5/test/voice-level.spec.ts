import fc from 'fast-check';
import { voiceLevel } from '../src/media/voice-level';

const sine = (amplitude: number) =>
  Float32Array.from({ length: 4096 }, (_, i) => amplitude * Math.sin(i / 10));

describe('how loud a voice is', () => {
  it('is nothing in silence and in the noise of a quiet room, and all when somebody shouts', () => {
    expect([0, 0.001, 1].map((amplitude) => voiceLevel(sine(amplitude)))).toEqual([0, 0, 1]);
  });

  it('is a third for what is 44 decibels below the loudest', () => {
    // a sine's power is half the square of its amplitude
    expect(voiceLevel(sine(Math.SQRT2 * 10 ** (-44 / 20)))).toBeCloseTo(1 / 3, 2);
  });

  it('is between 0 and 1, and more the louder it gets', () => {
    const amplitude = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(amplitude, amplitude, (one, other) => {
        const [quieter, louder] = [Math.min(one, other), Math.max(one, other)].map((each) =>
          voiceLevel(sine(each)),
        ) as [number, number];
        expect(quieter).toBeGreaterThanOrEqual(0);
        expect(louder).toBeGreaterThanOrEqual(quieter);
        expect(louder).toBeLessThanOrEqual(1);
      }),
    );
  });
});
