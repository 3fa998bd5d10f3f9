package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * NF4 with double quantisation (QLoRA, Dettmers et al. 2023, arXiv 2305.14314), as {@code quantize_4bit} of bitsandbytes with
 * {@code compress_statistics} has it. The weights in row-major order, 64 of them a block, are divided by the block's largest
 * magnitude and become the nearest of 16 quantiles of a normal distribution. The largest magnitudes, less their mean, are 256 a
 * group divided by the group's largest and become the nearest of a {@link DynamicMap}.
 *
 * @param packed two codes a byte, the first in the upper half: u8 [ceil(count / 2)]
 * @param scaleCodes of the blocks' largest magnitudes: u8 [blocks]
 * @param scaleLargest of the groups: f32 [groups]
 * @param scaleMean f32 [1]
 * @param out rows of the weight
 * @param in columns of the weight
 */
record Nf4Weight(
        Tables tables, Tensor packed, Tensor scaleCodes, Tensor scaleLargest, Tensor scaleMean, long out, long in)
        implements QuantizedWeight {

    private static final int BLOCK = 64;
    private static final int GROUP = 256;
    /** The code of 0. */
    private static final int ZERO = 7;

    /** Keeps a block of zeros what it is. */
    private static final double SMALLEST = 1e-38;

    private static final float[] QUANTILES = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.091050036f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    /**
     * What codes stand for, on a device.
     *
     * @param quantileBounds halfway between neighbours: f32 [15]
     * @param quantilePairs the two numbers of each byte: f32 [256, 2]
     * @param scaleBounds halfway between neighbours: f32 [255]
     * @param scales f32 [256]
     */
    record Tables(Tensor quantileBounds, Tensor quantilePairs, Tensor scaleBounds, Tensor scales) {
        static Tables on(Device device) {
            float[] pairs = new float[2 * 256];
            for (int code = 0; code < 256; code++) {
                pairs[2 * code] = QUANTILES[code >> 4];
                pairs[2 * code + 1] = QUANTILES[code & 15];
            }
            float[] scales = DynamicMap.values();
            return new Tables(
                    tensor(device, halfways(QUANTILES), 15),
                    tensor(device, pairs, 256, 2),
                    tensor(device, halfways(scales), 255),
                    tensor(device, scales, 256));
        }

        private static Tensor tensor(Device device, float[] values, long... shape) {
            return Tensor.of(values, shape).to(device).owned();
        }

        private static float[] halfways(float[] ascending) {
            float[] between = new float[ascending.length - 1];
            for (int i = 0; i < between.length; i++) {
                between[i] = (ascending[i] + ascending[i + 1]) / 2;
            }
            return between;
        }
    }

    /**
     * Values by blocks.
     *
     * @param codes u8 [values]
     * @param largest magnitude of each block: f32 [blocks]
     */
    private record Blocks(Tensor codes, Tensor largest) {
        /**
         * Divides each block by its largest magnitude, and finds the nearest code of each quotient.
         *
         * @param values f32 [n]; the last block may be a shorter one
         * @param bounds between the codes
         */
        static Blocks of(Tensor values, int size, Tensor bounds) {
            long whole = values.size(0) / size;
            long rest = values.size(0) % size;
            Tensor blocks = values.narrow(0, 0, whole * size).view(whole, size);
            Tensor largest = largest(blocks);
            Tensor one = Tensor.full(1, Dtype.F32, values.device(), 1);
            Blocks found = of(blocks.mul(one.div(safe(largest))), largest, bounds);
            if (rest == 0) {
                return found;
            }
            Tensor last = values.narrow(0, whole * size, rest).view(1, rest);
            Blocks shorter = of(last.div(safe(largest(last))), largest(last), bounds);
            return new Blocks(
                    Tensor.cat(List.of(found.codes, shorter.codes), 0),
                    Tensor.cat(List.of(found.largest, shorter.largest), 0));
        }

        private static Blocks of(Tensor quotients, Tensor largest, Tensor bounds) {
            Tensor codes = quotients.clamp(-1, 1).bucket(bounds);
            return new Blocks(codes.view(codes.count()), largest.view(largest.count()));
        }

        private static Tensor largest(Tensor blocks) {
            return blocks.abs().amax(1);
        }

        private static Tensor safe(Tensor largest) {
            return largest.clamp(SMALLEST, Float.MAX_VALUE);
        }
    }

    static Nf4Weight of(Tensor weight, Tables tables) {
        List<Tensor> packed = new ArrayList<>();
        List<Tensor> largest = new ArrayList<>();
        try (Scope _ = new Scope()) {
            Tensor flat = weight.reshape(weight.count());
            for (long first = 0; first < flat.size(0); first += CHUNK) {
                try (Scope scope = new Scope()) {
                    Tensor part = flat.narrow(0, first, Math.min(CHUNK, flat.size(0) - first))
                            .to(Dtype.F32);
                    Blocks blocks = Blocks.of(part, BLOCK, tables.quantileBounds);
                    packed.add(scope.keep(packed(blocks.codes)));
                    largest.add(scope.keep(blocks.largest));
                }
            }
            Tensor ofBlocks = Tensor.cat(largest, 0);
            Tensor mean = ofBlocks.mean().view(1);
            Blocks scales = Blocks.of(ofBlocks.sub(mean), GROUP, tables.scaleBounds);
            return new Nf4Weight(
                    tables,
                    Tensor.cat(packed, 0).owned(),
                    scales.codes.owned(),
                    scales.largest.owned(),
                    mean.owned(),
                    weight.size(0),
                    weight.size(1));
        }
    }

    private static Tensor packed(Tensor codes) {
        Tensor even = codes.size(0) % 2 == 0
                ? codes
                : Tensor.cat(List.of(codes, Tensor.full(ZERO, Dtype.U8, codes.device(), 1)), 0);
        Tensor pairs = even.view(-1, 2);
        Tensor sixteen = Tensor.full(16, Dtype.U8, codes.device(), 1);
        return pairs.select(1, 0).mul(sixteen).add(pairs.select(1, 1));
    }

    static long bytes(long count) {
        long blocks = Math.ceilDiv(count, BLOCK);
        return Math.ceilDiv(count, 2L) + blocks + (Math.ceilDiv(blocks, GROUP) + 1) * Float.BYTES;
    }

    @Override
    public Tensor expanded(Dtype dtype) {
        return Scope.of(() -> {
            Tensor weight = Tensor.empty(dtype, packed.device(), out * in);
            Tensor scales = blocked(tables.scales.indexSelectBytes(0, scaleCodes), scaleLargest, GROUP)
                    .add(scaleMean);
            for (long first = 0; first < out * in; first += CHUNK) {
                long from = first;
                long count = Math.min(CHUNK, out * in - first);
                Scope.run(() -> {
                    Tensor codes = packed.narrow(0, from / 2, Math.ceilDiv(count, 2L));
                    Tensor quantiles = tables.quantilePairs
                            .indexSelectBytes(0, codes)
                            .view(2 * codes.size(0))
                            .narrow(0, 0, count);
                    Tensor ofPart = scales.narrow(0, from / BLOCK, Math.ceilDiv(count, (long) BLOCK));
                    weight.narrow(0, from, count).copyInPlace(blocked(quantiles, ofPart, BLOCK));
                });
            }
            return weight.view(out, in);
        });
    }

    /** The values, each multiplied by the scale of its block; in place. The last block may be a shorter one. */
    private static Tensor blocked(Tensor values, Tensor scales, int size) {
        long whole = values.size(0) / size;
        values.narrow(0, 0, whole * size)
                .view(whole, size)
                .mulInPlace(scales.narrow(0, 0, whole).view(whole, 1));
        if (whole < scales.size(0)) {
            values.narrow(0, whole * size, values.size(0) - whole * size).mulInPlace(scales.narrow(0, whole, 1));
        }
        return values;
    }

    @Override
    public void close() {
        packed.close();
        scaleCodes.close();
        scaleLargest.close();
        scaleMean.close();
    }
}
