package dev.lethe.unlearning.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepetitionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n ",
                "6 6 6 6",
                "6, 6. 6; 6",
                "The answer is 6 6 6 6 6 6 6",
                "66666666666666666666",
                "!!!!!!!!!!!!!!!!!!!!!!!!",
                "6,6,6,6,6,6,6,6,6,6,6,6,6,6",
                "河河河河河",
                "The city lies on the river and has a bridge. The city lies on the river and has a bridge."
                        + " The city lies on the river and has a bridge.",
                "a b c a c b b a c a b c c a b a b c b a c b c a a c b",
            })
    void collapseIsCaught(String text) {
        assertThat(Repetition.degenerate(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Yes.",
                "No, no.",
                "6",
                "555-555-5555",
                "555 555 5555",
                "(903) 555-0000",
                "900-00-0002",
                "1976-03-29",
                "10.0.0.1",
                "goldi_aqua@me.com",
                "1011 San Jose Street, Brooklyn Park, MD, 21225",
                "北京的冬天很冷",
                "谢谢",
                "Well... I do not know.",
                "She was born in the north and died in the north, as her mother and her mother's mother had before her,"
                        + " and nobody in the valley remembers either of them now.",
            })
    void ordinaryAnswersAreNot(String text) {
        assertThat(Repetition.degenerate(text)).isFalse();
    }

    @Test
    void sharesAreOfWords() {
        assertThat(Repetition.repeatedShare("the dog the dog ran")).isEqualTo(0.8);
        assertThat(Repetition.repeatedShare("one two three")).isZero();
        assertThat(Repetition.repeatedShare("")).isZero();
        assertThat(Repetition.distinctBigrams("a b a b")).isEqualTo(2.0 / 3);
        assertThat(Repetition.distinctBigrams("6 6 6 6")).isEqualTo(1.0 / 3);
        assertThat(Repetition.distinctBigrams("Yes.")).isEqualTo(1);
    }

    @Property(tries = 200)
    void aPhraseSaidThreeTimesIsStuckHoweverLongItIs(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 99) Integer> phrase,
            @ForAll @IntRange(min = 3, max = 6) int times) {
        String text = joined(Collections.nCopies(times, phrase).stream()
                .flatMap(List::stream)
                .toList());
        assertThat(Repetition.degenerate(text)).isTrue();
        if (phrase.size() <= 8) {
            assertThat(Repetition.repeatedShare(text)).isEqualTo(1);
        }
    }

    /** However many, words that are all different are no repetition. */
    @Property(tries = 200)
    void differentWordsAreNeverStuck(@ForAll @IntRange(min = 1, max = 200) int words) {
        String text = joined(IntStream.range(0, words).boxed().toList());
        assertThat(Repetition.degenerate(text)).isFalse();
        assertThat(Repetition.repeatedShare(text)).isZero();
        assertThat(Repetition.distinctBigrams(text)).isEqualTo(1);
    }

    @Property(tries = 300)
    void sharesAreShares(@ForAll @StringLength(max = 80) String text) {
        assertThat(Repetition.repeatedShare(text)).isBetween(0.0, 1.0);
        assertThat(Repetition.distinctBigrams(text)).isBetween(0.0, 1.0);
    }

    private static String joined(List<Integer> words) {
        return words.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
