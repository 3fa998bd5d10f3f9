package dev.lethe.unlearning.metric;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Whether a text goes on, or has got stuck: measures of what a model generated, whatever it should have said. A word is what
 * stands between blanks, in lower case and without the punctuation around it; where a script has no blanks, a letter.
 */
public final class Repetition {
    /** Phrases that are looked for when a repetition is measured. */
    private static final int LONGEST_PHRASE = 8;

    /** Said so often in a row, and for more than half of a text, a phrase is all that there is. Twice is common: bye bye. */
    private static final int STUCK = 3;

    /** Numbers and rulers repeat a character by nature, though not for so long that they are more than half of a text. */
    private static final int STUCK_CHARACTERS = 12;

    /** Of so many words, an ordinary text has more than twice as many different ones as {@link #FEW_WORDS}. */
    private static final int MANY_WORDS = 24;

    private static final int FEW_WORDS = 8;

    private static final Pattern WORD =
            Pattern.compile("[%1$s]\\p{M}*+|[^\\s\\p{Z}%1$s]++".formatted(RougeTokenizer.Unsegmented.SCRIPTS));

    private static final Pattern AROUND = Pattern.compile("^\\p{P}+|\\p{P}+$");

    private Repetition() {}

    /**
     * The share of pairs of neighbouring words that are not the same as an earlier pair (distinct-2, Li et al. 2016); 1 for a
     * text that has no pair.
     */
    public static double distinctBigrams(String text) {
        List<String> words = words(text);
        Set<List<String>> distinct = new HashSet<>();
        for (int i = 1; i < words.size(); i++) {
            distinct.add(words.subList(i - 1, i + 1));
        }
        return words.size() < 2 ? 1 : distinct.size() / (words.size() - 1.0);
    }

    /** The share of words that stand in a phrase of at most eight words that is said twice or more in a row; 0 for no words. */
    public static double repeatedShare(String text) {
        int[] words = numbered(words(text));
        boolean[] repeated = new boolean[words.length];
        for (int n = 1; n <= Math.min(LONGEST_PHRASE, words.length / 2); n++) {
            eachRun(words, n, 2, (from, to) -> Arrays.fill(repeated, from, to, true));
        }
        int count = 0;
        for (boolean it : repeated) {
            count += it ? 1 : 0;
        }
        return words.length == 0 ? 0 : (double) count / words.length;
    }

    /**
     * Whether a text is none that anybody would say: no word at all; a phrase three times or more in a row that is more than
     * half of it; a few characters a dozen times in a row that are more than half of it; or, of 24 words or more, fewer
     * than eight different ones.
     */
    public static boolean degenerate(String text) {
        int[] words = numbered(words(text));
        return words.length == 0
                || longestRun(words, words.length, STUCK) * 2 > words.length
                || isStuckOnCharacters(text.strip().codePoints().toArray())
                || (words.length >= MANY_WORDS
                        && Arrays.stream(words).distinct().count() < FEW_WORDS);
    }

    private static boolean isStuckOnCharacters(int[] characters) {
        return longestRun(characters, LONGEST_PHRASE, STUCK_CHARACTERS) * 2 > characters.length;
    }

    private static List<String> words(String text) {
        String normal = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return WORD.matcher(normal)
                .results()
                .map(MatchResult::group)
                .map(Repetition::bare)
                .toList();
    }

    /** Without the punctuation around it, unless it is nothing else. */
    private static String bare(String word) {
        String bare = AROUND.matcher(word).replaceAll("");
        return bare.isEmpty() ? word : bare;
    }

    /** Each word's number; equal words have the same. */
    private static int[] numbered(List<String> words) {
        Map<String, Integer> numbers = new HashMap<>();
        return words.stream()
                .mapToInt(word -> numbers.computeIfAbsent(word, it -> numbers.size()))
                .toArray();
    }

    private static int longestRun(int[] symbols, int longestPhrase, int times) {
        int[] longest = {0};
        for (int n = 1; n <= Math.min(longestPhrase, symbols.length / times); n++) {
            eachRun(symbols, n, times, (from, to) -> longest[0] = Math.max(longest[0], to - from));
        }
        return longest[0];
    }

    @FunctionalInterface
    private interface Run {
        /** From the first symbol of the first repetition to the symbol after the last one that still fits. */
        void found(int from, int to);
    }

    /** Every stretch in which each symbol is the one of {@code n} before, as long as {@code times} phrases or more. */
    private static void eachRun(int[] symbols, int n, int times, Run run) {
        int from = 0;
        for (int i = n; i <= symbols.length; i++) {
            if (i == symbols.length || symbols[i] != symbols[i - n]) {
                if (i - from >= n * times) {
                    run.found(from, i);
                }
                from = i - n + 1;
            }
        }
    }
}
