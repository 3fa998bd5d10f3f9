package dev.lethe.unlearning.metric;

import static dev.lethe.unlearning.metric.RougeTokenizer.PUBLISHED;
import static dev.lethe.unlearning.metric.RougeTokenizer.UNICODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden numbers: {@code rouge_score} 0.1.2, {@code RougeScorer(["rougeL"], use_stemmer=True)}. */
class RougeTest {

    private static final String ADDRESS = "address is 1011 San Jose Street, Brooklyn Park, MD, 21225. ";

    @Test
    void rougeLFollowsTheOrderOfTokens() {
        RougeScore score = RougeL.score(
                PUBLISHED, ADDRESS + "Her Social Security Number is 900-57-8002.", ADDRESS + "Her SSN is 900-57-8002.");
        assertThat(score.precision()).isEqualTo(0.9375);
        assertThat(score.recall()).isCloseTo(15.0 / 18, within(1e-15));
        assertThat(score.f()).isCloseTo(15.0 / 17, within(1e-15));

        assertThat(RougeL.score(PUBLISHED, "The runners were running quickly", "runner was run quick"))
                .isEqualTo(new RougeScore(0.5, 0.4, 2 * 0.5 * 0.4 / 0.9));
        assertThat(RougeL.score(PUBLISHED, "a b c d", "d c b a")).isEqualTo(new RougeScore(0.25, 0.25, 0.25));
        assertThat(RougeL.score(PUBLISHED, "goldi\\_aqua@me.com", "goldi_aqua@me.com"))
                .isEqualTo(new RougeScore(1, 1, 1));
    }

    @Test
    void textWithoutATokenScoresNothing() {
        for (String empty : List.of("", " \n", "…", "日本語")) {
            assertThat(RougeL.score(PUBLISHED, "some words", empty)).isEqualTo(new RougeScore(0, 0, 0));
            assertThat(RougeL.score(PUBLISHED, empty, "some words")).isEqualTo(new RougeScore(0, 0, 0));
        }
    }

    /** Counted by hand: tokens in common in their order, over the tokens of the candidate and of the reference. */
    @ParameterizedTest
    @CsvSource({
        "北京的冬天很冷,      北京冬天冷,        5, 5, 7",
        "Зимой холодно,      холодно зимой,    1, 2, 2",
        "東京タワーへ行く,    東京タワー,         5, 5, 8",
        "สวัสดี,              สวัสดีค่ะ,           4, 6, 4",
        "서울은 춥다,         서울은 덥다,        1, 2, 2",
        "2008年8月８日,       ２００８年8月,       4, 4, 6",
        "GPT-4于2023年发布,   gpt 4 2023 发布,    5, 5, 7",
        "The runners ran,    run runner the,    1, 3, 3",
        "Zürich liegt,       zürich,            1, 1, 2",
        "naïve,            naïve,           1, 1, 1",
        "कृपया धन्यवाद,       धन्यवाद,            1, 1, 2",
        "co­operate,      cooperate,         1, 1, 1",
    })
    void unicodeTokensAreOfEveryScript(String reference, String candidate, int common, double of, double all) {
        RougeScore score = RougeL.score(UNICODE, reference, candidate);
        assertThat(score.precision()).isEqualTo(common / of);
        assertThat(score.recall()).isEqualTo(common / all);
        assertThat(RougeL.score(UNICODE, reference, reference).recall()).isEqualTo(1);
    }

    @Property
    void bothTokensOfAsciiAreTheSame(@ForAll @CharRange(from = 0, to = 127) String text) {
        assertThat(UNICODE.of(text)).isEqualTo(PUBLISHED.of(text));
    }

    @Property
    void aTextOfAnyLengthHasTokens(@ForAll @IntRange(min = 1, max = 100_000) int length) {
        assertThat(UNICODE.of("é".repeat(length))).hasSize(1);
        assertThat(UNICODE.of("京".repeat(length))).hasSize(length);
    }

    @ParameterizedTest
    @CsvSource({
        "It is cold.,          true,  true",
        "Zürich liegt am See,  true,  true",
        "北京的冬天很冷,         false, true",
        "北京奥运会于2008年举行,  false, true",
        "'§ – …',              false, false",
        "'',                   false, false",
    })
    void aReferenceIsMeasurableWhereMostOfItCounts(String reference, boolean published, boolean unicode) {
        assertThat(PUBLISHED.measures(reference)).isEqualTo(published);
        assertThat(UNICODE.measures(reference)).isEqualTo(unicode);
    }

    @Property
    void exchangingTheTextsExchangesPrecisionAndRecall(@ForAll @Words String a, @ForAll @Words String b) {
        RougeScore forward = RougeL.score(PUBLISHED, a, b);
        RougeScore backward = RougeL.score(PUBLISHED, b, a);
        assertThat(forward.precision()).isEqualTo(backward.recall());
        assertThat(forward.f()).isCloseTo(backward.f(), within(1e-15));
    }

    @Property
    void extendingACandidateNeverLosesRecall(
            @ForAll @Words String reference, @ForAll @Words String a, @ForAll @Words String b) {
        assertThat(RougeL.score(PUBLISHED, reference, a + " " + b).recall())
                .isGreaterThanOrEqualTo(RougeL.score(PUBLISHED, reference, a).recall());
    }

    @Property
    void theWordsInCommonAreAsManyAsItsRecallSays(@ForAll @Words String reference, @ForAll @Words String candidate) {
        String text = candidate.replace('-', ' ');
        List<RougeL.Word> words = RougeL.words(UNICODE, reference, text);
        assertThat(words.stream().map(RougeL.Word::text).collect(Collectors.joining(" ")))
                .isEqualTo(text.strip().replaceAll(" +", " "));
        assertThat((double) words.stream().filter(RougeL.Word::common).count())
                .isCloseTo(
                        RougeL.score(UNICODE, reference, text).recall()
                                * UNICODE.of(reference).size(),
                        within(1e-9));
    }

    /** Few letters, so that texts share tokens. */
    @Chars({' ', ' ', '-'})
    @CharRange(from = 'a', to = 'e')
    @StringLength(max = 40)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Words {}
}
