package dev.lethe.unlearning.metric;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The Porter stemmer with NLTK's extensions, the one that {@code rouge_score} stems with.
 *
 * <p>Source: M. F. Porter, "An algorithm for suffix stripping", Program 14.3 (1980), with the departures of NLTK's
 * {@code PorterStemmer} in its default mode {@code NLTK_EXTENSIONS}: a table of irregular words, {@code dies → die} but
 * {@code flies → fli}, a final y that changes after any consonant that is not the first letter, {@code bli}, {@code
 * fulli} and {@code logi} in step 2, {@code alli} tried before all others there, and two-letter stems such as {@code us}
 * that count as consonant-vowel-consonant.
 */
public final class PorterStemmer {

    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("inning", "inning"),
            Map.entry("innings", "inning"),
            Map.entry("outing", "outing"),
            Map.entry("outings", "outing"),
            Map.entry("canning", "canning"),
            Map.entry("cannings", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    private static final List<Rule> STEP_1A =
            List.of(always("sses", "ss"), always("ies", "i"), always("ss", "ss"), always("s", ""));

    private static final List<Rule> STEP_2 = List.of(
            measured("ational", "ate"),
            measured("tional", "tion"),
            measured("enci", "ence"),
            measured("anci", "ance"),
            measured("izer", "ize"),
            measured("bli", "ble"),
            measured("alli", "al"),
            measured("entli", "ent"),
            measured("eli", "e"),
            measured("ousli", "ous"),
            measured("ization", "ize"),
            measured("ation", "ate"),
            measured("ator", "ate"),
            measured("alism", "al"),
            measured("iveness", "ive"),
            measured("fulness", "ful"),
            measured("ousness", "ous"),
            measured("aliti", "al"),
            measured("iviti", "ive"),
            measured("biliti", "ble"),
            measured("fulli", "ful"),
            // The l belongs to the measured stem, so that geology and theology lose their ending too.
            new Rule("logi", "log", stem -> measure(stem + "l") > 0));

    private static final List<Rule> STEP_3 = List.of(
            measured("icate", "ic"),
            measured("ative", ""),
            measured("alize", "al"),
            measured("iciti", "ic"),
            measured("ical", "ic"),
            measured("ful", ""),
            measured("ness", ""));

    private static final List<Rule> STEP_4 = List.of(
            removed("al"),
            removed("ance"),
            removed("ence"),
            removed("er"),
            removed("ic"),
            removed("able"),
            removed("ible"),
            removed("ant"),
            removed("ement"),
            removed("ment"),
            removed("ent"),
            new Rule("ion", "", stem -> measure(stem) > 1 && (stem.endsWith("s") || stem.endsWith("t"))),
            removed("ou"),
            removed("ism"),
            removed("ate"),
            removed("iti"),
            removed("ous"),
            removed("ive"),
            removed("ize"));

    private PorterStemmer() {}

    /**
     * The stem of one word.
     *
     * @param word lower-case; anything but a vowel or a y counts as a consonant, digits too
     */
    public static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.length() <= 2) {
            return word;
        }
        String singular = step1a(word);
        String present = step1b(singular);
        String stem = step1c(present);
        stem = step2(stem);
        stem = apply(STEP_3, stem);
        stem = apply(STEP_4, stem);
        return step5b(step5a(stem));
    }

    /** Plurals: caresses → caress, ponies → poni, cats → cat. */
    private static String step1a(String word) {
        return word.length() == 4 && word.endsWith("ies") ? withoutLast(word, 1) : apply(STEP_1A, word);
    }

    /** Past and progressive forms: agreed → agree, plastered → plaster, hopping → hop, filing → file. */
    private static String step1b(String word) {
        if (word.endsWith("ied")) {
            return withoutLast(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("eed")) {
            return measure(withoutLast(word, 3)) > 0 ? withoutLast(word, 1) : word;
        }
        if (word.endsWith("ed") && hasVowel(withoutLast(word, 2))) {
            return mended(withoutLast(word, 2));
        }
        if (word.endsWith("ing") && hasVowel(withoutLast(word, 3))) {
            return mended(withoutLast(word, 3));
        }
        return word;
    }

    /** What is left after -ed or -ing, with a lost e put back or a doubled consonant made single. */
    private static String mended(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsInDoubleConsonant(stem)) {
            return "lsz".indexOf(stem.charAt(stem.length() - 1)) >= 0 ? stem : withoutLast(stem, 1);
        }
        return measure(stem) == 1 && endsInShortSyllable(stem) ? stem + "e" : stem;
    }

    /** A final y after a consonant that is not the first letter: happy → happi, but enjoy and by stay. */
    private static String step1c(String word) {
        boolean turns = word.endsWith("y") && word.length() > 2 && isConsonant(word, word.length() - 2);
        return turns ? withoutLast(word, 1) + "i" : word;
    }

    /** Double suffixes: relational → relate. */
    private static String step2(String word) {
        if (word.endsWith("alli") && measure(withoutLast(word, 4)) > 0) {
            return step2(withoutLast(word, 2));
        }
        return apply(STEP_2, word);
    }

    /** A final e: probate → probat, cease → ceas, but rate stays. */
    private static String step5a(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = withoutLast(word, 1);
        int measure = measure(stem);
        return measure > 1 || (measure == 1 && !endsInShortSyllable(stem)) ? stem : word;
    }

    /** A final double l: controll → control, but roll stays. */
    private static String step5b(String word) {
        return word.endsWith("ll") && measure(withoutLast(word, 1)) > 1 ? withoutLast(word, 1) : word;
    }

    /** The first rule whose suffix fits decides, whether or not its condition holds. */
    private static String apply(List<Rule> rules, String word) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.suffix)) {
                String stem = withoutLast(word, rule.suffix.length());
                return rule.condition.test(stem) ? stem + rule.replacement : word;
            }
        }
        return word;
    }

    /** Porter's m: how often a vowel is followed by a consonant. */
    private static int measure(String stem) {
        int measure = 0;
        boolean afterVowel = false;
        for (int i = 0; i < stem.length(); i++) {
            boolean vowel = isVowel(stem.charAt(i), i > 0 && !afterVowel);
            if (afterVowel && !vowel) {
                measure++;
            }
            afterVowel = vowel;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        boolean afterVowel = false;
        for (int i = 0; i < stem.length(); i++) {
            afterVowel = isVowel(stem.charAt(i), i > 0 && !afterVowel);
            if (afterVowel) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConsonant(String word, int index) {
        boolean vowel = false;
        for (int i = 0; i <= index; i++) {
            vowel = isVowel(word.charAt(i), i > 0 && !vowel);
        }
        return !vowel;
    }

    /** A y is a vowel after a consonant only. */
    private static boolean isVowel(char letter, boolean afterConsonant) {
        return "aeiou".indexOf(letter) >= 0 || (letter == 'y' && afterConsonant);
    }

    private static boolean endsInDoubleConsonant(String word) {
        int last = word.length() - 1;
        return last > 0 && word.charAt(last) == word.charAt(last - 1) && isConsonant(word, last);
    }

    /** Porter's *o: consonant, vowel, consonant other than w, x, y; or the two letters vowel, consonant. */
    private static boolean endsInShortSyllable(String word) {
        int last = word.length() - 1;
        if (last < 1 || !isConsonant(word, last) || isConsonant(word, last - 1)) {
            return false;
        }
        return last == 1 || (isConsonant(word, last - 2) && "wxy".indexOf(word.charAt(last)) < 0);
    }

    private static String withoutLast(String word, int letters) {
        return word.substring(0, word.length() - letters);
    }

    private static Rule always(String suffix, String replacement) {
        return new Rule(suffix, replacement, stem -> true);
    }

    private static Rule measured(String suffix, String replacement) {
        return new Rule(suffix, replacement, stem -> measure(stem) > 0);
    }

    private static Rule removed(String suffix) {
        return new Rule(suffix, "", stem -> measure(stem) > 1);
    }

    private record Rule(String suffix, String replacement, Predicate<String> condition) {}
}
