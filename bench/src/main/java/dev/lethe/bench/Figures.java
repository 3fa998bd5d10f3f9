package dev.lethe.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a program measured, and this process's own figures, as one line of JSON. */
final class Figures {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Figures with(String name, Object value) {
        values.put(name, value);
        return this;
    }

    Figures with(String name, double value, int decimals) {
        return with(name, BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN));
    }

    /**
     * Prints all values, and with them this process's resident memory: its peak, mapped files included, and what it holds now
     * beside them.
     */
    void print() throws IOException {
        with("peakRssMiB", statusKiB("VmHWM") / 1024.0, 1);
        with("anonRssMiB", statusKiB("RssAnon") / 1024.0, 1);
        with("java", Runtime.version().toString());
        System.out.println(json());
    }

    private String json() throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(values);
    }

    /** User and system time of all threads of this process until now, in seconds. */
    static double cpuSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toMillis()
                / 1e3;
    }

    /** The middle of the values, or the mean of the middle two. */
    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[half]
                : Arrays.stream(sorted, half - 1, half + 1).average().orElseThrow();
    }

    private static long statusKiB(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findAny()
                .orElse(0);
    }
}
