package dev.lethe.merge.adapter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Rank and scaling of each module as an adapter's settings have it, patterns applied. */
public final class ModuleScaling {
    private final AdapterConfig config;
    private final Map<ModulePattern, Integer> ranks;
    private final Map<ModulePattern, Double> alphas;

    ModuleScaling(AdapterConfig config) {
        this.config = config;
        this.ranks = compiled(config.rankPattern());
        this.alphas = compiled(config.alphaPattern());
    }

    private static <T> Map<ModulePattern, T> compiled(Map<String, T> patterns) {
        Map<ModulePattern, T> compiled = new LinkedHashMap<>();
        patterns.forEach((key, value) -> compiled.put(ModulePattern.of(key), value));
        return compiled;
    }

    /** The rank of a module: the first {@code rank_pattern} that matches its path, else {@code r}. */
    public int rankOf(String modulePath) {
        return first(ranks, modulePath).orElse(config.rank());
    }

    /** What B·A of a module is multiplied by: alpha/rank, or alpha/√rank with rsLoRA, patterns applied. */
    public double scalingOf(String modulePath) {
        int rank = rankOf(modulePath);
        double alpha = first(alphas, modulePath).orElse(config.alpha());
        return alpha / (config.rsLora() ? Math.sqrt(rank) : rank);
    }

    private static <T> Optional<T> first(Map<ModulePattern, T> patterns, String modulePath) {
        return patterns.entrySet().stream()
                .filter(entry -> entry.getKey().matches(modulePath))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
