package dev.lethe.unlearning.metric;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The tokens of a text that ROUGE compares. */
public enum RougeTokenizer {
    /**
     * As {@code rouge_score} 0.1.2 makes them with {@code use_stemmer=True}: lower case, runs of {@code [a-z0-9]}, stemmed
     * where longer than three characters.
     */
    PUBLISHED(Pattern.compile("[a-z0-9]+")) {
        @Override
        String normal(String text) {
            return text.toLowerCase(Locale.ROOT);
        }
    },

    /**
     * The same for every script: letters and digits in Unicode's form NFKC and lower case, with the marks upon them. A
     * letter of a script that puts no blanks between words is a token; so is a run of other letters and digits, which is
     * stemmed where {@link #PUBLISHED} would. A text of ASCII has the same tokens in both.
     */
    UNICODE(Pattern.compile("[%1$s&&[%2$s]]\\p{M}*+|[%1$s&&[^%2$s]][[%1$s&&[^%2$s]]\\p{M}]*+"
            .formatted("\\p{L}\\p{Nd}", Unsegmented.SCRIPTS))) {
        @Override
        String normal(String text) {
            String visible = INVISIBLE.matcher(text).replaceAll("");
            return Normalizer.normalize(visible, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        }
    };

    /** Joiners, soft hyphens, marks of direction: they may stand within a word and change nothing of it. */
    private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}+");

    private static final Pattern STEMMED = Pattern.compile("[a-z0-9]{4,}");

    private final Pattern token;

    RougeTokenizer(Pattern token) {
        this.token = token;
    }

    abstract String normal(String text);

    /** The tokens of a text, in its order. */
    public List<String> of(String text) {
        return token.matcher(normal(text))
                .results()
                .map(MatchResult::group)
                .map(word -> STEMMED.matcher(word).matches() ? PorterStemmer.stem(word) : word)
                .toList();
    }

    /**
     * Whether a reference can be measured: it has letters or digits, and at least half of them stand in tokens. Where
     * fewer do, as in a Chinese sentence with a year in it, the score would ignore most of the text.
     */
    public boolean measures(String reference) {
        String normal = normal(reference);
        long there = normal.codePoints().filter(Character::isLetterOrDigit).count();
        long counted = token.matcher(normal)
                .results()
                .flatMapToInt(word -> word.group().codePoints())
                .filter(Character::isLetterOrDigit)
                .count();
        return counted > 0 && 2 * counted >= there;
    }

    /** Scripts that are written without blanks between words: ideographs, kana, and those of South-East Asia. */
    static final class Unsegmented {
        static final String SCRIPTS = "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsBopomofo}\\p{IsYi}"
                + "\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}"
                + "\\p{IsTai_Le}\\p{IsNew_Tai_Lue}\\p{IsTai_Tham}\\p{IsTai_Viet}";
    }
}
