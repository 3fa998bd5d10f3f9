package dev.lethe.unlearning.metric;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden stems: NLTK 3.9, {@code PorterStemmer().stem(word)}. */
class PorterStemmerTest {

    @ParameterizedTest
    @CsvSource({
        "dies, die",
        "flies, fli",
        "spied, spi",
        "died, die",
        "happy, happi",
        "enjoy, enjoy",
        "fly, fli",
        "by, by",
        "skies, sky",
        "innings, inning",
        "howe, howe",
        "proceed, proceed",
        "caresses, caress",
        "ponies, poni",
        "agreed, agre",
        "feed, feed",
        "bled, bled",
        "plastered, plaster",
        "hopping, hop",
        "falling, fall",
        "filing, file",
        "failing, fail",
        "used, use",
        "sized, size",
        "conflated, conflat",
        "troubled, troubl",
        "rationally, ration",
        "fully, fulli",
        "hopefully, hope",
        "possibly, possibl",
        "geology, geolog",
        "theology, theolog",
        "conditional, condit",
        "university, univers",
        "organization, organ",
        "electrical, electr",
        "goodness, good",
        "adoption, adopt",
        "replacement, replac",
        "rate, rate",
        "cease, ceas",
        "controll, control",
        "roll, roll",
        "yyyy, yyyi",
        "1976, 1976",
        "1990s, 1990",
        "oed, o"
    })
    void agreesWithNltk(String word, String stem) {
        assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
    }

    @Property
    void neverGrowsByMoreThanTheLostE(
            @ForAll @CharRange(from = 'a', to = 'z') @StringLength(min = 1, max = 14) String word) {
        assertThat(PorterStemmer.stem(word)).isNotEmpty().hasSizeLessThanOrEqualTo(word.length());
    }
}
