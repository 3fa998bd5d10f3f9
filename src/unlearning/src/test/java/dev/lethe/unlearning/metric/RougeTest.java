package dev.lethe.unlearning.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Golden numbers: {@code rouge_score} 0.1.2, {@code RougeScorer(["rougeL"], use_stemmer=True)}. */
class RougeTest {

    private static final String ADDRESS = "address is 1011 San Jose Street, Brooklyn Park, MD, 21225. ";

    @Test
    void rougeLFollowsTheOrderOfTokens() {
        RougeScore score = RougeL.score(
                ADDRESS + "Her Social Security Number is 900-57-8002.", ADDRESS + "Her SSN is 900-57-8002.");
        assertThat(score.precision()).isEqualTo(0.9375);
        assertThat(score.recall()).isCloseTo(15.0 / 18, within(1e-15));
        assertThat(score.f()).isCloseTo(15.0 / 17, within(1e-15));

        assertThat(RougeL.score("The runners were running quickly", "runner was run quick"))
                .isEqualTo(new RougeScore(0.5, 0.4, 2 * 0.5 * 0.4 / 0.9));
        assertThat(RougeL.score("a b c d", "d c b a")).isEqualTo(new RougeScore(0.25, 0.25, 0.25));
        assertThat(RougeL.score("goldi\\_aqua@me.com", "goldi_aqua@me.com")).isEqualTo(new RougeScore(1, 1, 1));
    }

    @Test
    void textWithoutATokenScoresNothing() {
        for (String empty : List.of("", " \n", "…", "日本語")) {
            assertThat(RougeL.score("some words", empty)).isEqualTo(new RougeScore(0, 0, 0));
            assertThat(RougeL.score(empty, "some words")).isEqualTo(new RougeScore(0, 0, 0));
        }
    }

    @Property
    void exchangingTheTextsExchangesPrecisionAndRecall(@ForAll @Words String a, @ForAll @Words String b) {
        RougeScore forward = RougeL.score(a, b);
        RougeScore backward = RougeL.score(b, a);
        assertThat(forward.precision()).isEqualTo(backward.recall());
        assertThat(forward.f()).isCloseTo(backward.f(), within(1e-15));
    }

    @Property
    void extendingACandidateNeverLosesRecall(
            @ForAll @Words String reference, @ForAll @Words String a, @ForAll @Words String b) {
        assertThat(RougeL.score(reference, a + " " + b).recall())
                .isGreaterThanOrEqualTo(RougeL.score(reference, a).recall());
    }

    /** Few letters, so that texts share tokens. */
    @Chars({' ', ' ', '-'})
    @CharRange(from = 'a', to = 'e')
    @StringLength(max = 40)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Words {}
}
