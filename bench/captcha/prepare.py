"""What an attacker does to a picture before a solver sees it: filters, and ways of cutting it into lines.

A filter takes and gives a grey picture (uint8, dark letters or not, as it comes). A cut gives the lines that a solver reads one
by one, each with the number of letters that the page's own label promises for it.
"""

import cv2
import numpy as np

# The turns (degrees) that are tried where a row's lean is looked for: the generator's own range, which an attacker can read.
LEANS = (-9, -4.5, 0, 4.5, 9)
# The same for a single letter.
TURNS = (-30, -15, 0, 15, 30)


def grey(values):
    low, high = float(values.min()), float(values.max())
    return ((values - low) / max(high - low, 1e-6) * 255).astype(np.uint8)


def median3(image):
    return cv2.medianBlur(image, 3)


def median5(image):
    return cv2.medianBlur(image, 5)


def median9(image):
    return cv2.medianBlur(image, 9)


def gauss(image):
    return cv2.GaussianBlur(image, (0, 0), 2)


def otsu(image):
    return cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]


def adaptive(image):
    return cv2.adaptiveThreshold(image, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 31, 2)


def invert(image):
    return 255 - image


def double(image):
    return cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def sobel(image):
    soft = cv2.GaussianBlur(image, (0, 0), 1).astype(np.float32)
    return 255 - grey(np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)))


def laplace(image):
    return 255 - grey(np.abs(cv2.Laplacian(cv2.GaussianBlur(image, (0, 0), 1.5), cv2.CV_32F)))


def canny(image):
    return 255 - cv2.Canny(image, 80, 160)


def thick_edges(image):
    return 255 - cv2.dilate(cv2.Canny(image, 80, 160), np.ones((3, 3), np.uint8))


def gradient(image):
    return 255 - cv2.morphologyEx(image, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))


def against_mean(image):
    """How far each point is from the mean around it, whichever way: takes back an inversion by large blobs."""
    values = image.astype(np.float32)
    return 255 - grey(cv2.GaussianBlur(np.abs(values - cv2.GaussianBlur(values, (0, 0), 12)), (0, 0), 1.5))


def variance(image):
    values = image.astype(np.float32)
    mean = cv2.blur(values, (9, 9))
    return 255 - grey(np.sqrt(np.maximum(cv2.blur(values * values, (9, 9)) - mean * mean, 0)))


def gabor(image):
    values = image.astype(np.float32) - 128
    kernels = [cv2.getGaborKernel((21, 21), 4, turn, 14, 0.6) for turn in np.arange(0, np.pi, np.pi / 6)]
    return 255 - grey(np.max([np.abs(cv2.filter2D(values, cv2.CV_32F, kernel)) for kernel in kernels], axis=0))


def despeckle(image):
    """Turns over every connected piece, dark or light, that is smaller than a letter's parts."""
    black = otsu(image)
    for value in (0, 255):
        mask = (black == value).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        small = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] < 110]
        black[np.isin(labels, small)] = 255 - value
    return black


def contours(image):
    """Fills closed contours whose size is that of a letter's piece, larger ones left as ground."""
    black = otsu(image)
    paper = np.full_like(black, 255)
    for value in (0, 255):
        mask = (black == value).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        parts = [n for n in range(1, count) if 60 < stats[n, cv2.CC_STAT_AREA] < 1600]
        paper[np.isin(labels, parts)] = 0
    return paper


def unblob(image):
    """Guesses the field as what a wide median leaves, and takes the exclusive-or back."""
    black = otsu(despeckle(image))
    field = black
    for size in (21, 41):
        field = cv2.medianBlur(field, size)
    return 255 - cv2.medianBlur(cv2.bitwise_xor(black, field), 3)


def after(*steps):
    def all_steps(image):
        for step in steps:
            image = step(image)
        return image

    return all_steps


FILTERS = {
    "none": lambda image: image,
    "median 3": median3,
    "median 5": median5,
    "median 9": median9,
    "Gauss": gauss,
    "Otsu": otsu,
    "adaptive": adaptive,
    "inverted": invert,
    "×2": double,
    "Sobel": sobel,
    "Laplace": laplace,
    "Canny": canny,
    "thick Canny": thick_edges,
    "gradient": gradient,
    "|x − mean|": against_mean,
    "variance": variance,
    "Gabor": gabor,
    "despeckle": despeckle,
    "contours": contours,
    "unblob": unblob,
    "despeckle, Gauss": after(despeckle, gauss),
    "despeckle, Sobel": after(despeckle, sobel),
    "despeckle, |x − mean|": after(despeckle, against_mean),
    "median 5, thick Canny": after(median5, thick_edges),
    "Otsu, median 5, ×2": after(otsu, median5, double),
    "despeckle, inverted": after(despeckle, invert),
}


def turned(image, degrees):
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    border = int(np.median(image[[0, -1], :]))
    return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=border)


def halves(image):
    """The picture cut straight in the middle."""
    middle = image.shape[0] // 2
    return [image[:middle], image[middle:]]


def leaning(image, degrees):
    """Both rows where a lean of so many degrees is taken out first, each turned about its own middle, cut a little tighter."""
    height = image.shape[0]
    rows = []
    for part in (slice(0, int(height * 0.58)), slice(int(height * 0.42), height)):
        row = turned(image[part], degrees)
        edge = int(row.shape[0] * 0.1)
        rows.append(row[edge : row.shape[0] - edge])
    return rows


def trimmed(row):
    edge = row.shape[1] // 24
    return row[:, edge : row.shape[1] - edge]


def line(rows):
    """Two rows as one."""
    height = min(row.shape[0] for row in rows)
    return np.hstack([row[:height] for row in map(trimmed, rows)])


def cells(row):
    """A row's three letters, in cells that overlap a little."""
    width = row.shape[1]
    third, over = width // 3, width // 24
    return [row[:, max(n * third - over, 0) : (n + 1) * third + over] for n in range(3)]
