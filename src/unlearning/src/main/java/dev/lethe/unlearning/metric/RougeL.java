package dev.lethe.unlearning.metric;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * ROUGE-L: the longest common subsequence of two texts' tokens.
 *
 * <p>Source: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), as {@code rouge_score} 0.1.2
 * computes {@code rougeL} with its stemmer (not {@code rougeLsum}: a newline is a space like any other).
 */
public final class RougeL {
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private RougeL() {}

    /** Compares a candidate with the reference; either without a token scores 0. */
    public static RougeScore score(RougeTokenizer tokens, String reference, String candidate) {
        List<String> expected = tokens.of(reference);
        List<String> found = tokens.of(candidate);
        return RougeScore.of(longestCommonSubsequence(expected, found), expected.size(), found.size());
    }

    /**
     * A word of a candidate, as it is written between blanks.
     *
     * @param common whether it has tokens, and all of them belong to the longest common subsequence
     */
    public record Word(String text, boolean common) {}

    /** The words of a candidate. */
    public static List<Word> words(RougeTokenizer tokens, String reference, String candidate) {
        List<String> texts = candidate.isBlank() ? List.of() : List.of(BLANKS.split(candidate.strip()));
        List<List<String>> ofEach = texts.stream().map(tokens::of).toList();
        BitSet common = common(
                tokens.of(reference), ofEach.stream().flatMap(List::stream).toList());
        List<Word> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < texts.size(); i++) {
            int to = from + ofEach.get(i).size();
            words.add(new Word(texts.get(i), from < to && common.nextClearBit(from) >= to));
            from = to;
        }
        return List.copyOf(words);
    }

    /** Which of b's tokens are in a longest common subsequence with a; the last of those that would do. */
    private static BitSet common(List<String> a, List<String> b) {
        int[][] lengths = new int[a.size() + 1][b.size() + 1];
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                lengths[i][j] = a.get(i - 1).equals(b.get(j - 1))
                        ? lengths[i - 1][j - 1] + 1
                        : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
            }
        }
        BitSet common = new BitSet();
        int i = a.size();
        int j = b.size();
        while (i > 0 && j > 0) {
            if (a.get(i - 1).equals(b.get(j - 1))) {
                common.set(--j);
                i--;
            } else if (lengths[i - 1][j] > lengths[i][j - 1]) {
                i--;
            } else {
                j--;
            }
        }
        return common;
    }

    private static int longestCommonSubsequence(List<String> a, List<String> b) {
        // row[j] is the length for the tokens of a seen so far and the first j of b.
        int[] row = new int[b.size() + 1];
        for (String token : a) {
            int diagonal = 0;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = token.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }
}
