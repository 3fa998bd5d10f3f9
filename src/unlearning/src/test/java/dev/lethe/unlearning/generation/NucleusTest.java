package dev.lethe.unlearning.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NucleusTest {
    /** Of 0.5, 0.3, 0.15 and 0.05 the first three have 0.95: the last is never drawn, and the others share its mass. */
    @Test
    void theLikeliestShareTheMass() {
        float[] logits = {(float) Math.log(0.15), (float) Math.log(0.5), (float) Math.log(0.05), (float) Math.log(0.3)};
        Nucleus nucleus = new Nucleus(0.94, new SplittableRandom(7));
        double[] share = new double[4];
        int draws = 20_000;
        for (int i = 0; i < draws; i++) {
            share[nucleus.token(logits)] += 1.0 / draws;
        }
        assertThat(share).containsExactly(new double[] {0.15 / 0.95, 0.5 / 0.95, 0, 0.3 / 0.95}, within(0.02));
        assertThat(new Nucleus(0.5, new SplittableRandom(7)).token(logits)).isEqualTo(1);
    }
}
