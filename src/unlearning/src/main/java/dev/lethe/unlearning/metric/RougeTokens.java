package dev.lethe.unlearning.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The tokens that ROUGE compares, as {@code rouge_score} 0.1.2 makes them with {@code use_stemmer=True}: lower case,
 * runs of {@code [a-z0-9]}, stemmed where longer than three characters.
 */
final class RougeTokens {

    private static final int LONGEST_UNSTEMMED = 3;

    private RougeTokens() {}

    static List<String> of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> tokens = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= lower.length(); i++) {
            if (i < lower.length() && isTokenCharacter(lower.charAt(i))) {
                continue;
            }
            if (i > start) {
                String token = lower.substring(start, i);
                tokens.add(token.length() > LONGEST_UNSTEMMED ? PorterStemmer.stem(token) : token);
            }
            start = i + 1;
        }
        return tokens;
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
