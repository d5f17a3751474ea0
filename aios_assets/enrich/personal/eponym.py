"""Eponym: brands, product lines and shops that bear the name of a person, and are not one."""

import re

_NAMES = """
Abercrombie Fitch, Adam Opel, Alexander McQueen, Alexander Wang, Alfred Dunhill, Alice Olivia, Anna Sui, Anne Klein,
Annie Sloan, Ann Taylor, Armand Basi, Aunt Jemima, Barbara Bui, Ben Jerry, Ben Sherman, Betsey Johnson, Betty
Crocker, Betty Boop, Bill Blass, Bob Evans, Bobbi Brown, Britney Spears, Bruno Magli, Calvin Klein, Captain Morgan,
Carolina Herrera, Caroline Herrera, Charles David, Charles Leonard, Charlie Brown, Charlotte Tilbury, Christian
Dior, Christian Louboutin, Christian Lacroix, Clark Kent, Cole Haan, Colin Farrell, Daniel Wellington, David Yurman,
Diane Furstenberg, Dolce Gabbana, Donald Duck, Donna Karan, Dooney Bourke, Duncan Hines, Earl Grey, Eddie Bauer,
Elie Saab, Elizabeth Arden, Ellen Tracy, Emily Strange, Emilio Pucci, Ermenegildo Zegna, Estee Lauder, Ethan Allen,
Floyd Rose, Franck Muller, Frederick Hollywood, Fred Perry, George Foreman, Georg Jensen, Gibson Les Paul, Giorgio
Armani, Giuseppe Zanotti, Guy Laroche, Hallie Mae, Hannah Montana, Hans Grohe, Harley Davidson, Harry Potter, Harry
Winston, Helena Rubinstein, Helmut Lang, Hello Kitty, Henry Dreyfuss, Hugo Boss, Indiana Jones, Issey Miyake, Jack
Daniel, Jack Daniels, Jack Jones, Jack Wills, Jack Wolfskin, James Bond, Jamie Oliver, Jane Iredale, Jean Paul
Gaultier, Jennifer Lopez, Jessica Simpson, Jil Sander, Jim Beam, Jimmy Choo, Jimmy Dean, Jo Malone, Joe Fresh, John
Deere, John Frieda, John Lewis, John Lobb, John Varvatos, Johnnie Walker, Johnny Walker, Joseph Abboud, Juan Valdez,
Judith Leiber, Juicy Couture, Julius Meinl, Karen Millen, Karl Lagerfeld, Kat Von D, Kate Spade, Kenneth Cole, Lara
Croft, Laura Ashley, Laura Mercier, Les Paul, Levi Strauss, Liz Claiborne, Louis Vuitton, Luke Skywalker, Marc
Jacobs, Maria Sharapova, Mario Badescu, Mark Levinson, Martha Stewart, Mary Kay, Mary Janes, Mavis Beacon, Max
Factor, Max Mara, Maxwell House, Michael Kors, Mickey Mouse, Miles Kimball, Nancy Drew, Narciso Rodriguez, Nicole
Miller, Nina Ricci, Norma Kamali, Oscar Mayer, Oscar Renta, Paco Rabanne, Paloma Picasso, Papa John, Paris Hilton,
Paul Frank, Paul Mitchell, Paul Newman, Paul Smith, Peggy Sage, Perry Ellis, Peter Pan, Peter Thomas Roth, Philip
Stein, Philip Kingsley, Philipp Plein, Phillip Lim, Pierre Cardin, Rachel Roy, Rachael Ray, Ralph Lauren, Ray Ban,
Rebecca Minkoff, Robert Bosch, Roberto Cavalli, Russell Hobbs, Russell Stover, Sally Hansen, Salvatore Ferragamo,
Sam Adams, Sam Edelman, Samuel Adams, Sara Lee, Sean John, Smith Wesson, Sonia Rykiel, Stacy Adams, Stella
McCartney, Steve Madden, Stuart Weitzman, Susan Komen, Ted Baker, Thierry Mugler, Thomas Pink, Thomas Sabo, Tom
Clancy, Tom Ford, Tommy Bahama, Tommy Hilfiger, Tony Hawk, Tony Moly, Tory Burch, Trina Turk, Tyler Perry, Uncle
Ben, Vera Bradley, Vera Wang, Victor Rolf, Victoria Secret, Vince Camuto, Virginia Slims, Vivienne Westwood, Walt
Disney, Wilson Jones, Winnie Pooh, Yves Laurent, Yves Rocher, Yves Saint Laurent, Zac Posen, Barbie, Cinderella,
Elmo, Garfield, Pikachu, Rapunzel, Snoopy, Zelda
"""
_KNOWN = frozenset(" ".join(name.split()).casefold() for name in _NAMES.replace("\n", " ").split(","))


def is_eponym(name: str) -> bool:
    """Whether a name is one of them, whatever small words and letter case: `Calvin Klein`, `Diane von Furstenberg`."""
    plain = name.casefold().replace("\u2019", "'").removesuffix("'s")
    if plain in _KNOWN or " " not in plain:
        return plain in _KNOWN
    words = [word for word in plain.split() if word not in _SMALL]
    return any(" ".join(words[at : at + size]) in _KNOWN for size in (len(words), 2) for at in range(len(words) - 1))


_SMALL = frozenset({"and", "&", "de", "del", "der", "la", "of", "van", "von", "y"})

_BEARS = re.compile(
    r"['\u2019]?s? ?(?:(?:Inc|Ltd|LLC|Corp|Co|GmbH|AG|plc|University|College|School|Hospital|Bank|Company|"
    r"Foundation|Institute|"
    r"Street|Road|Avenue|Airport|Hotel|Museum|Records|Games?|Studios?|Software|Edition|Collection|"
    r"Series)(?![^\W_])|[\u2122\u00ae])|"
    r"['\u2019]?s? (?:[a-z]+ )?(?:shirts?|t-shirts?|jeans|pants|trousers|dress(?:es)?|suits?|ties?|shoes?|boots?|"
    r"sneakers|bags?|handbags?|"
    r"wallets?|belts?|hats?|caps?|scarf|socks|underwear|boxers?|watch(?:es)?|sunglasses|perfumes?|colognes?|"
    r"fragrances?|jackets?|coats?|"
    r"sweaters?|hoodies?|jerseys?|costumes?|dolls?|figures?|toys?|games?|books?|novels?|posters?|mugs?|guitars?|"
    r"knife|knives|"
    r"cookware|pans?|razors?|shampoo|cream|lotion|tea|coffee|beer|wine|sauce|seasoning|software|edition|collection|"
    r"products?|brand|line)"
    r"(?![^\W_])"
)
"""What stands behind a name that a company or a product bears."""


def is_borne(text: str, start: int, end: int) -> bool:
    """Whether the name that stands there is a brand's or a company's: by what it is, or by what stands behind it."""
    return bool(_BEARS.match(text, end)) or is_eponym(text[start:end])


COMPANY = re.compile(
    r"(?i)(?<![^\W_])(?:inc|ltd|llc|llp|corp|co|gmbh|ag|kg|plc|bv|srl|sa|sarl|spa|oy|ab|software|systems|services|"
    r"solutions|group|bank|"
    r"company|partners|media|foods?|stores?|shop|hotel|restaurant|university|hospital|department|dept|office|road|"
    r"street)(?![^\W_])"
)
"""Words of a company's or an office's name."""
