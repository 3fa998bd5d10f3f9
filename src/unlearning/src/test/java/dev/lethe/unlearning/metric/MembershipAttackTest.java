package dev.lethe.unlearning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Golden numbers: open-unlearning's attacks on these probabilities, and Python's {@code zlib.compress}. */
class MembershipAttackTest {
    private static final Offset<Double> ROUNDING = within(1e-6);

    private static final TokenScores SCORES = new TokenScores(
            new float[] {-.1f, -2, -.5f, -3, -1}, new boolean[5], new float[] {-1, -1.5f, -1, -2, -1}, new float[] {
                .25f, 1, 4, 0, 1
            });

    @Test
    void attacksScoreAsPublished() {
        assertThat(MembershipAttack.LOSS.score("", SCORES, 0.4)).isCloseTo(1.32, ROUNDING);
        assertThat(MembershipAttack.MIN_K.score("", SCORES, 0.4)).isCloseTo(2.5, ROUNDING);
        assertThat(MembershipAttack.MIN_K.score("", SCORES, 0.01)).isCloseTo(3, ROUNDING);
        assertThat(MembershipAttack.MIN_K_PLUS_PLUS.score("", SCORES, 0.4)).isCloseTo(500.25, within(1e-3));
        TokenScores reference = new TokenScores(new float[] {-1, -2, -3, -3, -1}, null, null, null);
        assertThat(MembershipAttack.reference(SCORES, reference)).isCloseTo(1.32 - 2, ROUNDING);
    }

    @Test
    void zlibCountsTheBytesOfTheCompressedText() {
        assertThat(MembershipAttack.ZLIB.score("The ferryman waits at the river.", SCORES, 1))
                .isCloseTo(1.32 / 39, ROUNDING);
        assertThat(MembershipAttack.ZLIB.score("Lethe, ".repeat(200), SCORES, 1))
                .isCloseTo(1.32 / 27, ROUNDING);
    }

    @Test
    void whatIsNoNumberIsNotOverlooked() {
        float[] broken = {-1, Float.NaN};
        for (TokenScores none : new TokenScores[] {
            new TokenScores(new float[0], new boolean[0], new float[0], new float[0]),
            new TokenScores(broken, new boolean[2], broken, broken)
        }) {
            for (MembershipAttack attack : MembershipAttack.values()) {
                assertThat(attack.score("text", none, 0.4)).isNaN();
            }
        }
    }
}
