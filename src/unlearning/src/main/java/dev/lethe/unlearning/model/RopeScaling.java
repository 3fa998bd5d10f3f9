package dev.lethe.unlearning.model;

/** How the frequencies of rotary position embeddings are changed to reach longer contexts. */
public sealed interface RopeScaling {

    /** The frequency to use in place of {@code frequency} (radians per position). */
    double scaled(double frequency);

    /** Frequencies as they are. */
    record None() implements RopeScaling {
        @Override
        public double scaled(double frequency) {
            return frequency;
        }
    }

    /** All frequencies divided by {@code factor} (position interpolation, Chen et al. 2023). */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double scaled(double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1: low frequencies divided by {@code factor}, high ones kept, and a smooth passage between.
     *
     * @param factor by how much the context grew
     * @param lowFactor wavelengths above {@code originalContext / lowFactor} are divided
     * @param highFactor wavelengths below {@code originalContext / highFactor} are kept
     * @param originalContext positions of the original training
     */
    record Llama3(double factor, double lowFactor, double highFactor, double originalContext) implements RopeScaling {
        @Override
        public double scaled(double frequency) {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength > originalContext / lowFactor) {
                return frequency / factor;
            }
            if (wavelength < originalContext / highFactor) {
                return frequency;
            }
            double kept = (originalContext / wavelength - lowFactor) / (highFactor - lowFactor);
            return (1 - kept) * frequency / factor + kept * frequency;
        }
    }
}
